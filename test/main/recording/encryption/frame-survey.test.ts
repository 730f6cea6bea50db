// covers: main/recording/cast/cast-survey.ts
import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../../../main/base/clock.ts';
import type { CastKeys } from '../../../../main/recording/cast/cast-source.ts';
import { surveyFrames } from '../../../../main/recording/encryption/frame-survey.ts';
import { chainPathOf } from '../../../../main/recording/integrity/chain-file.ts';
import { type Recovery, recoverRecording } from '../../../../main/recording/recovery.ts';
import { formatSidecar, sidecarPathOf } from '../../../../main/recording/sidecar.ts';
import { makeCastFolder, readSidecar } from '../../../fakes/cast-folder.ts';
import { makeKeyring, outputOf, readItems, recordEncrypted } from '../../../fakes/encryption.ts';

const { signal } = new AbortController();
const OWNER = { hostName: 'here', processId: 1, processStartedAtMs: 0 };

/** A recording whose writer died after the last of these outputs. */
async function recordDead(outputs: readonly string[]) {
  const { keys, recipient } = await makeKeyring();
  const { path } = await recordEncrypted(await makeCastFolder(), [recipient], outputs, {
    end: { kind: 'closed' },
  });
  const { integrity: _integrity, ...sidecar } = await readSidecar(path);
  const live = { ...sidecar, state: { kind: 'live', owner: OWNER } } as const;
  await writeFile(sidecarPathOf(path), formatSidecar(live));
  return { keys, path, live, bytes: await readFile(path) };
}

async function recover(path: string, keys?: CastKeys): Promise<Recovery> {
  const needs = { clock: createSystemClock(), ...(keys ? { keys } : {}) };
  return recoverRecording(needs, path, await readSidecar(path), { signal });
}

/** What the file held and what recovery kept of it are together what was there before. */
async function readWithCut(path: string): Promise<Buffer> {
  const { cut } = await readSidecar(path);
  const bytes = await readFile(path);
  return Buffer.concat([bytes, Buffer.from(cut?.base64 ?? '', 'base64'), Buffer.alloc(cut?.zeros ?? 0)]);
}

test.each([true, false])(
  'a torn frame is cut off and kept, with its key here or not (%s)',
  async (isKeyHere) => {
    const { path, keys, bytes, live } = await recordDead(['one', 'two']);
    for (const cutBytes of [1, 17, 150, 200]) {
      const torn = bytes.subarray(0, bytes.length - cutBytes);
      await writeFile(path, torn);
      await writeFile(sidecarPathOf(path), formatSidecar(live));
      const recovery = await recover(path, isKeyHere ? keys : undefined);
      expect(recovery).toEqual({
        kind: 'recovered',
        cutBytes: torn.length - (await stat(path)).size,
        ...(isKeyHere ? {} : { isUnread: true }),
      });
      expect((await readWithCut(path)).equals(torn)).toBe(true);
      expect(outputOf(await readItems(path, keys))).toBe('one');
    }
  },
);

test('with the key the sidecar says how long it was; without, the time of its last write and what was not read', async () => {
  const { path, keys, live } = await recordDead(['one', 'two']);
  await recover(path, keys);
  const items = await readItems(path, keys);
  const last = items.at(-1);
  const lastMicros = last?.kind === 'event' ? last.event.timeMicros : 0;
  const read = (await readSidecar(path)).state;
  expect(read).toMatchObject({ kind: 'recovered', durationMicros: lastMicros });
  expect(read).not.toHaveProperty('isUnread');

  await writeFile(sidecarPathOf(path), formatSidecar(live));
  await utimes(path, new Date(), new Date(live.startedAtMs + 7_000));
  await recover(path);
  expect((await readSidecar(path)).state).toMatchObject({ durationMicros: 7_000_000, isUnread: true });
});

test('what the writer recorded as its end is found with the key alone', async () => {
  const { keys, recipient } = await makeKeyring();
  const { path } = await recordEncrypted(await makeCastFolder(), [recipient], ['x'], {
    end: { kind: 'exited', exitCode: 3 },
  });
  const closed = await readSidecar(path);
  await writeFile(sidecarPathOf(path), formatSidecar({ ...closed, state: { kind: 'live', owner: OWNER } }));
  await recover(path, keys);
  expect((await readSidecar(path)).state).toMatchObject({ end: { kind: 'exited', exitCode: 3 } });
});

test('zeros that a power cut left within the last frame and behind it are cut off with it', async () => {
  const { path, keys, bytes } = await recordDead(['one', 'two']);
  const zeroed = Buffer.concat([bytes.fill(0, bytes.length - 60), Buffer.alloc(500)]);
  await writeFile(path, zeroed);
  expect(await recover(path)).toMatchObject({ kind: 'recovered' });
  expect((await readWithCut(path)).equals(zeroed)).toBe(true);
  expect(outputOf(await readItems(path, keys))).toBe('one');
});

test('a frame within that begins with something else is damage, and nothing is touched', async () => {
  const { path, keys, bytes } = await recordDead(['one', 'two', 'three']);
  const { goodBytes } = await surveyFrames(path, { signal });
  expect(goodBytes).toBe(bytes.length);
  const second = bytes.indexOf('age-encryption', bytes.length - 700);
  bytes[second] = 0;
  await writeFile(path, bytes);
  expect(await surveyFrames(path, { signal })).toMatchObject({ damagedFrames: 1 });
  expect(await recover(path)).toMatchObject({ kind: 'damaged', damagedLines: 1 });
  expect((await readFile(path)).equals(bytes)).toBe(true);
  expect((await readItems(path, keys)).map(({ kind }) => kind)).toContain('gap');
});

test('a frame whose content was changed is damage to who has the key', async () => {
  const { path, keys, bytes, live } = await recordDead(['one', 'two']);
  bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
  await writeFile(path, bytes);
  expect(await recover(path, keys)).toMatchObject({ kind: 'damaged', damagedLines: 1 });
  await writeFile(sidecarPathOf(path), formatSidecar(live));
  expect(await recover(path)).toMatchObject({ kind: 'recovered', isUnread: true });
});

test('one that has no start is left as it is', async () => {
  const { path, bytes } = await recordDead(['one']);
  await writeFile(chainPathOf(path), '');
  for (const length of [0, 10, 200]) {
    await writeFile(path, bytes.subarray(0, length));
    expect(await recover(path)).toMatchObject({ kind: 'damaged' });
    expect((await readFile(path)).length).toBe(length);
  }
});
