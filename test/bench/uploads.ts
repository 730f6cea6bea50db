import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createSystemClock } from '../../main/base/clock.ts';
import { createLifetime } from '../../main/base/lifetime.ts';
import { createLog } from '../../main/base/log.ts';
import { type Core, compose } from '../../main/compose.ts';
import { openFolderStore } from '../../main/recorder-server/folder-store.ts';
import { DEFAULT_LIMITS } from '../../main/recorder-server/recorder-limits.ts';
import { startRecorder } from '../../main/recorder-server/recorder-server.ts';
import { createCastWriter } from '../../main/recording/writing/cast-writer.ts';
import { systemRecordingFiles } from '../../main/recording/writing/recording-files.ts';
import { formatJob, type UploadJob } from '../../main/upload/queue/upload-job.ts';
import { median } from './statistics.ts';

/**
 * What it costs to owe recordings and to deliver them: a start with 10,000 jobs on the disk beside one with none, and
 * delivering from the disk beside posting the same file by HTTP/1.1. Nothing is asserted.
 */
const JOBS = Number(process.env['UPLOADS_BENCH_JOBS'] ?? 10_000);
const CAST_MB = Number(process.env['UPLOADS_BENCH_MB'] ?? 100);
const ROUNDS = 5;
const clock = createSystemClock();
const log = createLog({ level: 'silent' });

function makeJob(recordingId: string, url: string): UploadJob {
  return {
    version: 1,
    recordingId,
    owedSinceMs: 0,
    recorders: [{ kind: 'tsrecorder', url }],
    isBegun: true,
    sentTo: [],
    failures: 3,
    answers: [
      {
        recorder: { kind: 'tsrecorder', url },
        atMs: 0,
        code: 'recorder-unreachable',
        message: `${url} is not there`,
      },
    ],
    // Far away: what is measured is the start.
    next: { kind: 'at', atMs: Date.now() + 86_400_000 },
  };
}

async function owe(home: string, count: number): Promise<void> {
  const folder = join(home, 'uploads');
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < count; index += 1) {
    const id = `20260101-000000-${index.toString(36).padStart(6, '0')}`;
    await writeFile(join(folder, `${id}.json`), formatJob(makeJob(id, '127.0.0.1:1')));
  }
}

function start(home: string): Promise<Core> {
  return compose({
    environment: { PATH: process.env['PATH'], KUBEREEL_HOME: home, KUBECONFIG: join(home, 'none') },
    platform: process.platform,
  });
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** From nothing to pages that can be served, and from there to all that is owed, read and listed. */
async function benchStart(home: string): Promise<{ readonly startMs: number; readonly listMs: number }> {
  const starts: number[] = [];
  const lists: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    let core: Core | undefined;
    starts.push(
      await time(async () => {
        core = await start(home);
        await core.openPages({ host: 'browser', newWindow: async () => ({}) });
      }),
    );
    lists.push(await time(async () => (await core?.uploads())?.desk.list()));
    await core?.end();
  }
  return { startMs: median(starts), listMs: median(lists) };
}

/** Posts a file as it is, to a server that hashes it. */
async function benchPost(path: string): Promise<number> {
  const server = createServer(async (incoming, outgoing) => {
    const hash = createHash('sha256');
    for await (const bytes of incoming) hash.update(bytes);
    outgoing.end(hash.digest('hex'));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const ms = await time(async () => {
    const posted = request({ host: '127.0.0.1', port, method: 'POST' });
    const answered = new Promise((resolve) => {
      posted.once('response', (answer) => answer.resume().once('end', resolve));
    });
    await pipeline(createReadStream(path), posted);
    await answered;
  });
  server.close();
  return ms;
}

async function record(folder: string): Promise<{ readonly recordingId: string; readonly path: string }> {
  const details = { context: 'kind', namespace: 'shop', pod: 'web-1', container: 'app', command: ['sh'] };
  const writer = await createCastWriter({ clock, folder }, { details, size: { cols: 80, rows: 24 } });
  const line = Buffer.from(`${'0123456789abcdef'.repeat(6)}\r\n`.repeat(320));
  while (writer.bytes < CAST_MB * 1e6) await writer.output(line, clock.nowMicros());
  await writer.close({ kind: 'exited', exitCode: 0 }, clock.nowMicros());
  return writer;
}

async function benchDelivery(home: string): Promise<void> {
  const life = createLifetime('bench');
  const folder = join(home, 'recorder');
  const store = await openFolderStore(
    { clock, files: systemRecordingFiles },
    { folder, floorBytes: 0 },
    life,
  );
  const recorder = await startRecorder(
    { clock, log, store, limits: DEFAULT_LIMITS },
    { host: '127.0.0.1', port: 0, access: { kind: 'loopback' }, tls: undefined },
    life,
  );
  const core = await start(join(home, 'delivery'));
  const uploads = await core.uploads();
  const delivered: number[] = [];
  const posted: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { recordingId, path } = await record(core.paths.recordings);
    await uploads.store.create(makeJob(recordingId, `127.0.0.1:${recorder.port}`));
    const { signal } = new AbortController();
    delivered.push(await time(() => uploads.attempt(recordingId, { signal })));
    posted.push(await benchPost(path));
  }
  const created = await time(async () => {
    for (let index = 0; index < 50; index += 1)
      await uploads.store.create(makeJob(`job-${index}`, '127.0.0.1:1'));
  });
  await core.end();
  await life.end();
  const ratio = median(delivered) / median(posted);
  tell(
    `${CAST_MB} MB to our recorder, synced there, beside a bare POST`,
    `${median(delivered).toFixed(0)} ms, ${median(posted).toFixed(0)} ms: ${ratio.toFixed(2)} ×`,
  );
  tell('a recording written down as owed, on the disk itself', `${(created / 50).toFixed(1)} ms`);
}

function tell(name: string, result: string): void {
  process.stdout.write(`  ${name}: ${result}\n`);
}

const home = await mkdtemp(join(tmpdir(), 'kubereel-uploads-bench-'));
try {
  process.stdout.write('What is owed to recorders\n');
  await owe(join(home, 'empty'), 0);
  await owe(join(home, 'full'), JOBS);
  const none = await benchStart(join(home, 'empty'));
  const full = await benchStart(join(home, 'full'));
  tell(
    `a start with ${JOBS} jobs beside one with none`,
    `${full.startMs.toFixed(0)} ms, ${none.startMs.toFixed(0)} ms: ${(full.startMs / none.startMs).toFixed(2)} ×`,
  );
  tell('all of them listed', `${full.listMs.toFixed(0)} ms`);
  await benchDelivery(home);
} finally {
  await rm(home, { recursive: true, force: true });
}
