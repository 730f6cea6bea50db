import { onTestFinished } from 'vitest';
import { createSystemClock } from '../../main/base/clock.ts';
import type { CastItem } from '../../main/recording/cast/cast-reader.ts';
import { readCast } from '../../main/recording/cast/cast-reader.ts';
import type { CastKeys } from '../../main/recording/cast/cast-source.ts';
import {
  createDecryptionKeys,
  type DecryptionKeys,
} from '../../main/recording/encryption/decryption-keys.ts';
import type { Signer } from '../../main/recording/integrity/seal.ts';
import type { RecordingEnd } from '../../main/recording/recording.ts';
import { createCastWriter } from '../../main/recording/writing/cast-writer.ts';
import { makeCastFolder, WEB_SHELL } from './cast-folder.ts';

export interface Keyring {
  readonly keys: DecryptionKeys;
  readonly recipient: string;
  readonly folder: string;
}

/** The keys of a home that has one identity. */
export async function makeKeyring(): Promise<Keyring> {
  const folder = await makeCastFolder();
  const keys = createDecryptionKeys({ folder, clock: createSystemClock() });
  return { keys, recipient: (await keys.create()).recipient, folder };
}

export interface EncryptedSession {
  readonly recordingId: string;
  readonly path: string;
}

/** Records outputs, each of which is on the disk before the next comes: a frame each. */
export async function recordEncrypted(
  folder: string,
  encryptTo: readonly string[],
  outputs: readonly string[],
  options: { readonly end?: RecordingEnd; readonly signer?: Signer } = {},
): Promise<EncryptedSession> {
  const { end = { kind: 'exited', exitCode: 0 }, signer } = options;
  const clock = createSystemClock();
  const writer = await createCastWriter({ clock, folder, encryptTo, signer: async () => signer }, WEB_SHELL);
  for (const output of outputs) {
    await writer.output(Buffer.from(output), clock.nowMicros());
    await writer.sync();
  }
  await writer.close(end, clock.nowMicros());
  return { recordingId: writer.recordingId, path: writer.path };
}

export async function readItems(path: string, keys?: CastKeys): Promise<CastItem[]> {
  const items: CastItem[] = [];
  const aborted = new AbortController();
  onTestFinished(() => aborted.abort());
  for await (const item of readCast(path, { keys, signal: aborted.signal })) items.push(item);
  return items;
}

export function outputOf(items: readonly CastItem[]): string {
  return items
    .map((item) => (item.kind === 'event' && item.event.kind === 'output' ? item.event.text : ''))
    .join('');
}
