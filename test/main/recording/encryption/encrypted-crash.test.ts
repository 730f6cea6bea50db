// covers: main/recording/cast/cast-survey.ts
import { stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../../../main/base/clock.ts';
import type { DecryptionKeys } from '../../../../main/recording/encryption/decryption-keys.ts';
import { recoverRecording } from '../../../../main/recording/recovery.ts';
import { readSidecar } from '../../../fakes/cast-folder.ts';
import { makeKeyring, outputOf, readItems } from '../../../fakes/encryption.ts';
import { floodStart } from '../../../fakes/flood.ts';
import { killFloods, LOST_MS } from '../../../fakes/killed-flood.ts';

const KILLS = 24;

/** As whoever mends it has no key, mostly. */
async function checkRecovered(
  keys: DecryptionKeys,
  path: string,
  owedBytes: number,
): Promise<{ readonly isCut: boolean }> {
  const { size } = await stat(path);
  const recovery = await recoverRecording({ clock: createSystemClock() }, path, await readSidecar(path), {
    signal: AbortSignal.timeout(20_000),
  });
  expect(recovery).toMatchObject({ kind: 'recovered', isUnread: true });
  const cutBytes = recovery.kind === 'recovered' ? recovery.cutBytes : 0;
  const { cut } = await readSidecar(path);
  expect(Buffer.from(cut?.base64 ?? '', 'base64').length + (cut?.zeros ?? 0)).toBe(cutBytes);
  expect((await stat(path)).size).toBe(size - cutBytes);
  const items = await readItems(path, keys);
  expect(items.every(({ kind }) => kind === 'header' || kind === 'event')).toBe(true);
  const bytes = Buffer.from(outputOf(items));
  expect(bytes.equals(floodStart(bytes.length))).toBe(true);
  expect(bytes.length).toBeGreaterThanOrEqual(owedBytes);
  return { isCut: cutBytes > 0 };
}

test(`of ${KILLS} programs killed in an encrypted flood each leaves whole frames, and all but the last ${LOST_MS} ms`, async () => {
  const { keys, recipient } = await makeKeyring();
  const { killed, torn, owed } = await killFloods({ kills: KILLS, recipient }, (path, owedBytes) =>
    checkRecovered(keys, path, owedBytes),
  );
  expect(killed).toBe(KILLS);
  process.stdout.write(`${killed} killed, ${torn} torn tails, ${owed} casts with something owed\n`);
}, 300_000);
