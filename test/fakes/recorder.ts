import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, onTestFinished } from 'vitest';
import { type Clock, createSystemClock } from '../../main/base/clock.ts';
import { createLifetime, type Lifetime } from '../../main/base/lifetime.ts';
import { createLog } from '../../main/base/log.ts';
import { openFolderStore } from '../../main/recorder-server/folder-store.ts';
import { DEFAULT_LIMITS, type RecorderLimits } from '../../main/recorder-server/recorder-limits.ts';
import { type RecorderOptions, startRecorder } from '../../main/recorder-server/recorder-server.ts';
import type { RecordingStore } from '../../main/recorder-server/recording-store.ts';
import { type RecordingFiles, systemRecordingFiles } from '../../main/recording/writing/recording-files.ts';

export interface TestRecorder {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  readonly store: RecordingStore;
  /** How many partial recordings its start has made of what was left. */
  readonly mended: number;
  /** A file of its folder. */
  read(path: string): Promise<Buffer>;
  end(): Promise<void>;
}

export interface TestRecorderOptions extends Partial<RecorderOptions> {
  readonly folder?: string;
  readonly limits?: Partial<RecorderLimits>;
  readonly clock?: Clock;
  readonly files?: RecordingFiles;
  readonly floorBytes?: number;
  readonly readFree?: (folder: string) => Promise<number>;
  /** In place of a folder. */
  readonly openStore?: (life: Lifetime) => Promise<RecordingStore>;
}

/** A folder of its own that goes with the test. */
export async function makeRecorderFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-recorder-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const lives: Lifetime[] = [];

// Before the check for lifetimes that are left open.
afterEach(async () => {
  for (const life of lives.splice(0)) await life.end();
});

/** Our recorder in this process, with frames every few milliseconds. Ends with the test. */
export async function startTestRecorder(options: TestRecorderOptions = {}): Promise<TestRecorder> {
  const folder = options.folder ?? (await makeRecorderFolder());
  const life = createLifetime('recorder');
  lives.push(life);
  const clock = options.clock ?? createSystemClock();
  const store = options.openStore
    ? await options.openStore(life)
    : await openFolderStore(
        {
          clock,
          files: options.files ?? systemRecordingFiles,
          ...(options.readFree && { readFree: options.readFree }),
        },
        { folder, floorBytes: options.floorBytes ?? 0 },
        life,
      );
  const mended = await store.mend();
  const limits = { ...DEFAULT_LIMITS, tickMs: 10, heartbeatMs: 20, farewellMs: 20, ...options.limits };
  const { url, port } = await startRecorder(
    { clock, log: createLog({ level: 'silent' }), store, limits },
    {
      host: options.host ?? '127.0.0.1',
      port: options.port ?? 0,
      access: options.access ?? { kind: 'loopback' },
      tls: options.tls,
    },
    life,
  );
  return {
    url,
    port,
    folder,
    store,
    mended,
    read: (path) => readFile(join(folder, path)),
    end: () => life.end(),
  };
}
