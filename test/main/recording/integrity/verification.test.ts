import { appendFile, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { chainPathOf } from '../../../../main/recording/integrity/chain-file.ts';
import { createSigningKeys, type SigningKeys } from '../../../../main/recording/integrity/signing-keys.ts';
import { type Verification, verifyRecording } from '../../../../main/recording/integrity/verification.ts';
import { recoverRecording } from '../../../../main/recording/recovery.ts';
import { formatSidecar, sidecarPathOf } from '../../../../main/recording/sidecar.ts';
import { createCastWriter } from '../../../../main/recording/writing/cast-writer.ts';
import { makeCastFolder, readSidecar, WEB_SHELL } from '../../../fakes/cast-folder.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';

const { signal } = new AbortController();
const clock = createManualClock();
let keys: SigningKeys;

beforeEach(async () => {
  keys = createSigningKeys({ folder: await makeCastFolder() });
});

/** About three blocks. */
async function record(): Promise<string> {
  const folder = await makeCastFolder();
  const writer = await createCastWriter({ clock, folder, signer: () => keys.signer() }, WEB_SHELL);
  for (let line = 0; line < 200; line += 1) {
    await writer.output(Buffer.from(`${line}:${'x'.repeat(1_000)}\r\n`), clock.nowMicros());
  }
  await writer.close({ kind: 'exited', exitCode: 0 }, clock.nowMicros());
  return writer.path;
}

async function check(path: string, isOwnerAlive = false): Promise<Verification> {
  const needs = { knownKeyIds: await keys.knownKeyIds(), isOwnerAlive: () => isOwnerAlive };
  return verifyRecording(needs, path, { signal });
}

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

test('what nobody touched is intact, and tells its key and time', async () => {
  const path = await record();
  expect(await check(path)).toMatchObject({
    verdict: 'intact',
    keyId: (await keys.signer()).keyId,
    signedAtMs: clock.nowMs(),
  });
});

test('one flipped bit anywhere is found, and its block is named', async () => {
  const path = await record();
  const { length } = await readFile(path);
  for (const at of [0, 5_000, 65_535, 65_536, 140_000, length - 1]) {
    await flip(path, at);
    const index = Math.floor(at / 65_536);
    const { verdict, badBlock } = await check(path);
    expect({ verdict, index: badBlock?.index }).toEqual({ verdict: 'altered', index });
    expect(badBlock?.fromByte).toBe(index * 65_536);
    expect(badBlock?.toByte).toBe(Math.min(length, (index + 1) * 65_536));
    await flip(path, at);
  }
  expect((await check(path)).verdict).toBe('intact');
});

test('bytes that were added or taken are found', async () => {
  const path = await record();
  const whole = await readFile(path);
  await appendFile(path, '[99,"o","forged"]\n');
  expect(await check(path)).toMatchObject({ verdict: 'altered', reason: expect.stringContaining('18 more') });
  await truncate(path, 100_000);
  expect(await check(path)).toMatchObject({
    verdict: 'altered',
    reason: expect.stringContaining(`${whole.length - 100_000} fewer`),
    badBlock: { index: 1 },
  });
});

test('a change with the chain made to fit is found by the seal', async () => {
  const path = await record();
  await flip(path, 70_000);
  await rm(chainPathOf(path));
  expect((await check(path)).verdict).toBe('altered');
});

test('a sidecar that was changed is found, and one that was renamed', async () => {
  const path = await record();
  const sidecar = await readSidecar(path);
  await writeFile(sidecarPathOf(path), formatSidecar({ ...sidecar, startedAtMs: 1 }));
  expect(await check(path)).toMatchObject({ verdict: 'altered', reason: expect.stringContaining('sidecar') });
  await writeFile(sidecarPathOf(path), formatSidecar(sidecar));
  const renamed = join(dirname(path), '20200101-000000-aaaaaa.cast');
  await rename(path, renamed);
  await rename(sidecarPathOf(path), sidecarPathOf(renamed));
  expect(await check(renamed)).toMatchObject({
    verdict: 'altered',
    reason: expect.stringContaining('another name'),
  });
});

test('who seals a forged recording with a key of their own is foreign here', async () => {
  const path = await record();
  keys = createSigningKeys({ folder: await makeCastFolder() });
  expect((await check(path)).verdict).toBe('foreign');
});

test('an old key is as good as a new one', async () => {
  const path = await record();
  await keys.rotate();
  expect((await check(path)).verdict).toBe('intact');
  expect((await check(await record())).verdict).toBe('intact');
});

test('live, dead, recovered, damaged and unsealed are told apart', async () => {
  const path = await record();
  const { seal: _, integrity: __, ...closed } = await readSidecar(path);
  await writeFile(sidecarPathOf(path), formatSidecar(closed));
  expect((await check(path)).verdict).toBe('unsealed');
  const owner = { hostName: 'h', processId: 1, processStartedAtMs: 0 };
  const live = { ...closed, state: { kind: 'live', owner } } as const;
  await writeFile(sidecarPathOf(path), formatSidecar(live));
  expect((await check(path, true)).verdict).toBe('live');
  expect((await check(path, false)).verdict).toBe('unsealed');
  const needs = { clock, signer: () => keys.signer() };
  await appendFile(path, '[9,"o","to');
  await recoverRecording(needs, path, live, { signal });
  expect((await check(path)).verdict).toBe('recovered');
  await flip(path, 80_000);
  expect(await check(path)).toMatchObject({ verdict: 'altered', badBlock: { index: 1 } });
  await recoverRecording(needs, path, live, { signal });
  expect(await check(path)).toMatchObject({ verdict: 'damaged', badBlock: { index: 1 } });
  await rm(sidecarPathOf(path));
  expect((await check(path)).verdict).toBe('unsealed');
  await rm(path);
  await expect(check(path)).rejects.toThrow('ENOENT');
});
