import { readFile } from 'node:fs/promises';
import { createSystemClock } from './base/clock.ts';
import { AppError, systemCode } from './base/errors.ts';
import { createLifetime, type Lifetime } from './base/lifetime.ts';
import { createLog } from './base/log.ts';
import { type BucketStoreOptions, openBucketStore } from './recorder-server/bucket-store.ts';
import type { Access } from './recorder-server/door.ts';
import { openFolderStore } from './recorder-server/folder-store.ts';
import { DEFAULT_LIMITS } from './recorder-server/recorder-limits.ts';
import { type RecorderTls, startRecorder } from './recorder-server/recorder-server.ts';
import type { RecordingStore } from './recorder-server/recording-store.ts';
import { systemRecordingFiles } from './recording/writing/recording-files.ts';

/** What the user said of a recorder; names of files, not what stands in them. */
export interface RecorderSetup {
  readonly host: string;
  readonly port: number;
  readonly place: RecorderPlace;
  /** Bytes of one recording at most. */
  readonly recordingBytes?: number | undefined;
  readonly tokenFile?: string | undefined;
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly clientAuthorityFile?: string | undefined;
}

/** `floorBytes` are left free on the folder's disk. */
export type RecorderPlace =
  | { readonly kind: 'folder'; readonly folder: string; readonly floorBytes: number }
  | ({ readonly kind: 'bucket' } & BucketStoreOptions);

/** A recorder of its own, without the rest of the core. Ends with its lifetime. */
export interface RunningRecorder {
  readonly url: string;
  /** Where recordings are kept. */
  readonly place: string;
  /** Partial recordings that were made of what a recorder before it left. */
  readonly mended: number;
  readonly life: Lifetime;
}

/** Rejects with `bad-input` for what cannot be meant, before anything is listened on. */
export async function openRecorder(setup: RecorderSetup): Promise<RunningRecorder> {
  const access = await readAccess(setup);
  const tls = await readTls(setup);
  const clock = createSystemClock();
  const log = createLog({ level: 'warn' });
  const life = createLifetime('recorder', (error) => log.error({ error: String(error) }, 'the end failed'));
  try {
    const store = await openStore(setup, life);
    const mended = await store.mend();
    const limits = {
      ...DEFAULT_LIMITS,
      ...(setup.recordingBytes && { recordingBytes: setup.recordingBytes }),
    };
    const { url } = await startRecorder({ clock, log, store, limits }, { ...setup, access, tls }, life);
    return { url, place: store.place, mended, life };
  } catch (error) {
    await life.end();
    throw error;
  }
}

function openStore({ place }: RecorderSetup, life: Lifetime): Promise<RecordingStore> {
  if (place.kind === 'bucket') return openBucketStore(place, life);
  return openFolderStore({ clock: createSystemClock(), files: systemRecordingFiles }, place, life);
}

/** Guessing a shorter one is not hopeless. */
const MIN_TOKEN_LENGTH = 16;

async function readAccess({ tokenFile, clientAuthorityFile }: RecorderSetup): Promise<Access> {
  if (tokenFile === undefined)
    return { kind: clientAuthorityFile === undefined ? 'loopback' : 'certificate' };
  const token = (await readGiven(tokenFile, 'the token')).trim();
  if (token.length < MIN_TOKEN_LENGTH || /\s/.test(token)) {
    throw new AppError('bad-input', `${tokenFile} holds no token`, {
      hint: `A token is one word of at least ${MIN_TOKEN_LENGTH} characters, as \`openssl rand -hex 32\` makes one.`,
    });
  }
  return { kind: 'token', token };
}

async function readTls(setup: RecorderSetup): Promise<RecorderTls | undefined> {
  const { certificateFile, keyFile, clientAuthorityFile } = setup;
  if (certificateFile === undefined || keyFile === undefined) {
    if (certificateFile ?? keyFile ?? clientAuthorityFile) {
      throw new AppError('bad-input', 'TLS needs a certificate and its key', {
        hint: 'Give both --tls-cert and --tls-key.',
      });
    }
    return undefined;
  }
  return {
    certificate: await readGiven(certificateFile, 'the certificate'),
    privateKey: await readGiven(keyFile, 'the key'),
    clientAuthority:
      clientAuthorityFile === undefined
        ? undefined
        : await readGiven(clientAuthorityFile, "the clients' authority"),
  };
}

async function readGiven(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError('bad-input', `${what} cannot be read from ${path}: ${systemCode(cause)}`, { cause });
  }
}
