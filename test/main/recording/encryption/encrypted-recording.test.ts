// covers: main/recording/cast/cast-source.ts
// covers: main/recording/encryption/frame-reader.ts
// covers: main/recording/encryption/public-part.ts
import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../../../main/base/clock.ts';
import { readCast, readCastHeader, readLastEvent } from '../../../../main/recording/cast/cast-reader.ts';
import type { CastKeys } from '../../../../main/recording/cast/cast-source.ts';
import { LENGTH_BYTES } from '../../../../main/recording/encryption/frame-codec.ts';
import { createSigner } from '../../../../main/recording/integrity/seal.ts';
import { verifyRecording } from '../../../../main/recording/integrity/verification.ts';
import { createRedaction } from '../../../../main/recording/redaction/redaction.ts';
import { createCastWriter } from '../../../../main/recording/writing/cast-writer.ts';
import { makeCastFolder, readSidecar, WEB_SHELL } from '../../../fakes/cast-folder.ts';
import { makeKeyring, outputOf, readItems, recordEncrypted } from '../../../fakes/encryption.ts';

const never = new AbortController().signal;
const OUTPUTS = [
  'first-marker\r\n',
  'grüße €\u2028 second-marker\r\n',
  'third-marker\r\n',
  'last-marker\r\n',
];

/** Where each frame begins, the recording's key included, and where the file ends. */
function findFrames(bytes: Buffer): number[] {
  const offsets = [bytes.indexOf('\n') + 1];
  for (let offset = offsets[0] ?? 0; offset < bytes.length; ) {
    offset += LENGTH_BYTES + bytes.readUInt32BE(offset);
    offsets.push(offset);
  }
  return offsets;
}

/** Keys that unlock what is one recording, however changed, once. */
function unlockOnce(keys: CastKeys): CastKeys {
  let unlocked: Promise<string> | undefined;
  return {
    unlock(...asked) {
      unlocked ??= keys.unlock(...asked);
      return unlocked;
    },
  };
}

async function recordFour() {
  const keyring = await makeKeyring();
  const folder = await makeCastFolder();
  const { path, recordingId } = await recordEncrypted(folder, [keyring.recipient], OUTPUTS);
  const bytes = await readFile(path);
  const { keys, recipient, folder: keyFolder } = keyring;
  return { keys, recipient, keyFolder, folder, path, recordingId, bytes, frames: findFrames(bytes) };
}

test('an encrypted recording replays as it was recorded', async () => {
  const { path, keys } = await recordFour();
  const items = await readItems(path, keys);
  expect(outputOf(items)).toBe(OUTPUTS.join(''));
  expect(items.map(({ kind }) => kind)).toEqual(['header', ...OUTPUTS.map(() => 'event'), 'event']);
  expect((await readCastHeader(path, { keys, signal: never })).pod?.name).toBe('web-1');
  expect(await readLastEvent(path, { keys })).toMatchObject({ kind: 'exit', exitCode: 0 });
});

test('reading can begin and end at any event', async () => {
  const { path, keys } = await recordFour();
  const items = await readItems(path, keys);
  for (const [from, { offset: fromOffset }] of items.entries()) {
    const { nextOffset: toOffset } = items[Math.min(from + 1, items.length - 1)] ?? { nextOffset: 0 };
    const part = [];
    for await (const item of readCast(path, { fromOffset, toOffset, keys, signal: never })) part.push(item);
    expect(part).toEqual(items.slice(from, from + 2));
  }
});

test('without its key it is locked, and the words name the key', async () => {
  const { path, recipient } = await recordFour();
  const { keys: others } = await makeKeyring();
  for (const keys of [others, undefined]) {
    await expect(readItems(path, keys)).rejects.toMatchObject({
      code: 'recording-locked',
      hint: expect.stringContaining(recipient),
    });
  }
});

test('a window that is opened late reads what is being written, without any key of the user', async () => {
  const { recipient } = await makeKeyring();
  const clock = createSystemClock();
  const writer = await createCastWriter(
    { clock, folder: await makeCastFolder(), encryptTo: [recipient] },
    WEB_SHELL,
  );
  await writer.output(Buffer.from('so far'), clock.nowMicros());
  await writer.sync();
  const { fileBytes } = await writer.flush();
  const items = [];
  for await (const item of writer.read({ toOffset: fileBytes, signal: never })) items.push(item);
  expect(outputOf(items)).toBe('so far');
  await writer.close({ kind: 'closed' }, clock.nowMicros());
});

test('no file holds a byte of the output, the command or the reason of its end in the clear', async () => {
  const { recipient, keys } = await makeKeyring();
  const folder = await makeCastFolder();
  const clock = createSystemClock();
  const details = { ...WEB_SHELL.details, command: ['sh', '-c', 'command-marker'], reason: 'reason-marker' };
  const writer = await createCastWriter({ clock, folder, encryptTo: [recipient] }, { ...WEB_SHELL, details });
  await writer.output(Buffer.from(`${'output-marker\r\n'.repeat(20_000)}`), clock.nowMicros());
  await writer.marker('label-marker', clock.nowMicros());
  await writer.sync();
  const seen = await readAll(folder);
  await writer.close({ kind: 'failed', note: 'reason-marker' }, clock.nowMicros());
  seen.push(...(await readAll(folder)));
  // The cast, its chain, its sidecar; the reserve while it lives.
  expect(seen).toHaveLength(4 + 3);
  for (const bytes of seen) expect(bytes.includes('marker')).toBe(false);
  expect(await readSidecar(writer.path)).toMatchObject({
    encryptedTo: [recipient],
    details: { pod: 'web-1', command: [] },
    state: { end: { kind: 'failed', note: expect.stringContaining('encrypted') } },
  });
  const items = await readItems(writer.path, keys);
  expect(outputOf(items)).toContain('output-marker');
  expect(items.at(-1)).toMatchObject({ event: { kind: 'marker', label: 'reason-marker' } });
});

async function readAll(folder: string): Promise<Buffer[]> {
  const names = await readdir(folder);
  return Promise.all(names.map((name) => readFile(join(folder, name))));
}

test('signed and encrypted and playable at once, and verified without the key', async () => {
  const { recipient, keys } = await makeKeyring();
  const signer = createSigner(generateKeyPairSync('ed25519').privateKey);
  const { path } = await recordEncrypted(await makeCastFolder(), [recipient], OUTPUTS, { signer });
  const needs = { knownKeyIds: new Set([signer.keyId]), isOwnerAlive: () => false };
  expect(await verifyRecording(needs, path, { signal: never })).toMatchObject({ verdict: 'intact' });
  expect(outputOf(await readItems(path, keys))).toBe(OUTPUTS.join(''));

  const bytes = await readFile(path);
  bytes[bytes.length - 40] = (bytes[bytes.length - 40] ?? 0) ^ 1;
  await writeFile(path, bytes);
  expect(await verifyRecording(needs, path, { signal: never })).toMatchObject({ verdict: 'altered' });
});

test('cut anywhere within its last two frames it is read up to the frame before', async () => {
  const { path, keys: home, bytes, frames } = await recordFour();
  const keys = unlockOnce(home);
  const items = await readItems(path, keys);
  const [before, lastButOne, last] = items.slice(-3);
  const fromOffset = before?.offset ?? 0;
  const [lastButOneStart = 0, lastStart = 0, end = 0] = frames.slice(-3);
  for (let length = lastButOneStart; length < end; length += 1) {
    await writeFile(path, bytes.subarray(0, length));
    const read = [];
    for await (const item of readCast(path, { fromOffset, keys, signal: never })) read.push(item);
    const isCutBetween = length === lastButOneStart || length === lastStart;
    const torn = isCutBetween ? [] : [expect.objectContaining({ kind: 'torn' })];
    expect(read, `${length} bytes`).toEqual([before, ...(length < lastStart ? [] : [lastButOne]), ...torn]);
  }
  expect(last).toMatchObject({ event: { kind: 'exit' } });
});

test('one byte changed anywhere in a frame costs that frame and no other', async () => {
  const { path, keys: home, bytes, frames } = await recordFour();
  const keys = unlockOnce(home);
  const items = await readItems(path, keys);
  // The frames of the header and of the first output stand before it.
  const [start = 0, end = 0] = frames.slice(3, 5);
  for (let offset = start; offset < end; offset += 1) {
    const altered = Buffer.from(bytes);
    altered[offset] = (altered[offset] ?? 0) ^ 0x10;
    await writeFile(path, altered);
    const read = await readItems(path, keys);
    expect(
      read.map(({ kind }) => kind),
      `byte ${offset - start}`,
    ).toContain('gap');
    const outputs = outputOf(read);
    expect(outputs).not.toContain('second-marker');
    for (const other of ['first-marker', 'third-marker', 'last-marker']) expect(outputs).toContain(other);
    expect(read.length).toBeLessThanOrEqual(items.length + 1);
  }
});

test('a length that was changed costs its frame and no other', async () => {
  const { path, keys: home, bytes, frames } = await recordFour();
  const keys = unlockOnce(home);
  const [start = 0] = frames.slice(3);
  for (let bit = 0; bit < LENGTH_BYTES * 8; bit += 1) {
    const altered = Buffer.from(bytes);
    const offset = start + (bit >> 3);
    altered[offset] = (altered[offset] ?? 0) ^ (1 << (bit & 7));
    await writeFile(path, altered);
    const read = await readItems(path, keys);
    expect(
      read.map(({ kind }) => kind),
      `bit ${bit}`,
    ).toContain('gap');
    expect(outputOf(read), `bit ${bit}`).toBe(OUTPUTS.toSpliced(1, 1).join(''));
  }
});

test('a frame that is gone, doubled or in another place is seen by its chain', async () => {
  const { recipient } = await makeKeyring();
  const signer = createSigner(generateKeyPairSync('ed25519').privateKey);
  const { path } = await recordEncrypted(await makeCastFolder(), [recipient], OUTPUTS, { signer });
  const bytes = await readFile(path);
  const frames = findFrames(bytes);
  const [a = 0, b = 0, c = 0] = frames.slice(3, 6);
  const [before, one, two, after] = [
    bytes.subarray(0, a),
    bytes.subarray(a, b),
    bytes.subarray(b, c),
    bytes.subarray(c),
  ];
  const needs = { knownKeyIds: new Set([signer.keyId]), isOwnerAlive: () => false };
  for (const parts of [
    [before, two, after],
    [before, one, one, two, after],
    [before, two, one, after],
  ]) {
    await writeFile(path, Buffer.concat(parts));
    expect(await verifyRecording(needs, path, { signal: never })).toMatchObject({ verdict: 'altered' });
  }
});

test('a start that was changed is unreadable, and not said to lack a key', async () => {
  const { path, keys, bytes } = await recordFour();
  await writeFile(path, bytes.subarray(0, 20));
  await expect(readItems(path, keys)).rejects.toMatchObject({ code: 'recording-unreadable' });
  await writeFile(path, '');
  await expect(readItems(path, keys)).rejects.toThrow('it is empty');
  const altered = Buffer.from(bytes);
  const keyFrame = bytes.indexOf('X25519') + 20;
  altered[keyFrame] = (altered[keyFrame] ?? 0) ^ 1;
  await writeFile(path, altered);
  await expect(readItems(path, keys)).rejects.toThrow('its key was altered');
});

const hasAge = spawnSync('age', ['--version']).status === 0;

test.skipIf(!hasAge)('the age command opens the key with ours, and each frame with that', async () => {
  const { bytes, frames, folder, keyFolder } = await recordFour();
  const [keyFile, ...rest] = frames
    .slice(0, -1)
    .map((offset, index) => bytes.subarray(offset + LENGTH_BYTES, frames[index + 1]));
  const identity = execFileSync('age', ['-d', '-i', join(keyFolder, 'age-identities')], { input: keyFile });
  const identityPath = join(folder, 'own-key');
  await writeFile(identityPath, identity);
  const lines = rest.map((input) => execFileSync('age', ['-d', '-i', identityPath], { input }).toString());
  expect(lines.every((text) => text.endsWith('\n'))).toBe(true);
  const header = JSON.parse(lines[0] ?? '');
  expect(header).toMatchObject({ version: 2, width: 80 });
  expect(lines.slice(1).join('')).toContain('last-marker');
});

test('the command stands with the output, for those who have the key', async () => {
  const { path, keys } = await recordFour();
  const { command } = await readCastHeader(path, { keys, signal: never });
  expect(command).toEqual(WEB_SHELL.details.command);
});

test('what of a recording is public is decided field by field', async () => {
  const { path } = await recordFour();
  const { details, ...rest } = await readSidecar(path);
  expect(Object.keys(details).sort()).toEqual(['command', 'container', 'context', 'namespace', 'pod']);
  const own = ['encryptedTo', 'id', 'integrity', 'size', 'startedAtMs', 'state', 'version'];
  expect(Object.keys(rest).sort()).toEqual(own);
});

test('secrets are masked before they are encrypted', async () => {
  const { recipient, keys } = await makeKeyring();
  const clock = createSystemClock();
  const redaction = createRedaction({ enabled: true, patterns: [] });
  const writer = await createCastWriter(
    { clock, folder: await makeCastFolder(), encryptTo: [recipient], redaction },
    WEB_SHELL,
  );
  await writer.output(Buffer.from('password=hunter2\r\n'), clock.nowMicros());
  await writer.marker('password=hunter3', clock.nowMicros());
  await writer.close({ kind: 'failed', note: 'password=hunter4' }, clock.nowMicros());
  const items = await readItems(writer.path, keys);
  expect(outputOf(items)).toBe('password=•••••••\r\n');
  const labels = items.flatMap((item) =>
    item.kind === 'event' && item.event.kind === 'marker' ? [item.event.label] : [],
  );
  expect(labels).toEqual(['password=•••••••', 'password=•••••••']);
});

test('what it holds is read up to any cut, and but for any change, frame by frame', async () => {
  const { keys, recipient } = await makeKeyring();
  const folder = await makeCastFolder();
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((one) => `${one}.`);
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { minLength: 2, maxLength: 6 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.boolean(),
      async (outputs, share, isCut) => {
        const { path } = await recordEncrypted(folder, [recipient], outputs);
        const bytes = await readFile(path);
        // The recording's identity and its header stand before all output.
        const frames = findFrames(bytes).slice(2);
        const start = frames[0] ?? 0;
        const place = start + Math.floor(share * (bytes.length - 1 - start));
        const hit = frames.findLastIndex((offset) => offset <= place);
        if (!isCut) bytes[place] = (bytes[place] ?? 0) ^ 0x55;
        await writeFile(path, isCut ? bytes.subarray(0, place) : bytes);
        const whole = isCut ? outputs.slice(0, hit) : outputs.toSpliced(hit, 1);
        expect(outputOf(await readItems(path, keys))).toBe(whole.join(''));
      },
    ),
    { numRuns: 6 },
  );
});
