import { appendFile, copyFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { type FollowedFile, followFile } from '../../../main/upload/follow-file.ts';
import { until } from '../../fakes/until.ts';

const { signal } = new AbortController();

async function makePath(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'kubereel-follow-')), 'a.cast');
}

/** Reads until the end; `text` is what has come so far. */
function collect(followed: FollowedFile, options = { signal }) {
  const pieces: Buffer[] = [];
  async function run(): Promise<string> {
    for await (const piece of followed.read(options)) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces).toString();
  }
  const done = run();
  done.catch(() => {});
  return {
    done,
    text: () => Buffer.concat(pieces).toString(),
    largest: () => Math.max(...pieces.map((p) => p.length)),
  };
}

function follow(path: string): FollowedFile {
  return followFile({ clock: createSystemClock() }, path);
}

test('what is written comes, with a notice and without one, until the end that is told', async () => {
  const path = await makePath();
  await writeFile(path, 'one\n');
  const followed = follow(path);
  const reading = collect(followed);
  await until(() => reading.text() === 'one\n');
  await appendFile(path, 'two\n');
  followed.wake();
  await until(() => reading.text() === 'one\ntwo\n');
  await appendFile(path, 'three\n');
  await until(() => reading.text() === 'one\ntwo\nthree\n');
  followed.end(14);
  expect(await reading.done).toBe('one\ntwo\nthree\n');
});

test('a line that is not whole yet is kept back, and comes with the end where that is what the file has', async () => {
  const path = await makePath();
  await writeFile(path, 'one\nhal');
  const followed = follow(path);
  const reading = collect(followed);
  await until(() => reading.text() !== '');
  expect(reading.text()).toBe('one\n');
  followed.end(7);
  expect(await reading.done).toBe('one\nhal');
});

test('a torn line that is cut off and written again comes once', async () => {
  const path = await makePath();
  await writeFile(path, 'one\ntorn li');
  const followed = follow(path);
  const reading = collect(followed);
  await until(() => reading.text() === 'one\n');
  await truncate(path, 4);
  await appendFile(path, 'other\n');
  await until(() => reading.text() === 'one\nother\n');
  followed.end(10);
  await reading.done;
});

test('lines that are longer than a piece come in pieces of 64 KiB', async () => {
  const path = await makePath();
  const text = `${'x'.repeat(300_000)}\n${'y'.repeat(200_000)}\n`;
  await writeFile(path, text);
  const followed = follow(path);
  const reading = collect(followed);
  await until(() => reading.text().length === text.length);
  followed.end(text.length);
  expect(await reading.done).toBe(text);
  expect(reading.largest()).toBe(64 * 1024);
});

test('a file that is not there yet is waited for', async () => {
  const path = await makePath();
  const followed = follow(path);
  const reading = collect(followed);
  await writeFile(path, 'one\n');
  await until(() => reading.text() === 'one\n');
  followed.end(4);
  await reading.done;
});

test('a file that never came is an error at the end', async () => {
  const followed = follow(await makePath());
  const reading = collect(followed);
  followed.end(4);
  await expect(reading.done).rejects.toMatchObject({ code: 'recording-unreadable' });
});

test('a file that was cut is an error', async () => {
  const path = await makePath();
  await writeFile(path, 'one\ntwo\n');
  const followed = follow(path);
  const reading = collect(followed);
  await until(() => reading.text() === 'one\ntwo\n');
  await truncate(path, 4);
  await expect(reading.done).rejects.toMatchObject({
    code: 'recording-unreadable',
    message: expect.stringContaining('it was cut to 4 bytes'),
  });
});

test('an end before what was read is an error', async () => {
  const path = await makePath();
  await writeFile(path, 'one\ntwo\n');
  const followed = follow(path);
  const reading = collect(followed);
  await until(() => reading.text() === 'one\ntwo\n');
  followed.end(4);
  await expect(reading.done).rejects.toThrow('it was cut to 4 bytes');
});

test('an end beyond what is there is an error', async () => {
  const path = await makePath();
  await writeFile(path, 'one\n');
  const followed = follow(path);
  followed.end(5);
  await expect(collect(followed).done).rejects.toThrow('it was cut to 4 bytes');
});

test.skipIf(process.platform === 'win32')(
  'a file that another one takes the place of is an error',
  async () => {
    const path = await makePath();
    await writeFile(path, 'one\n');
    const followed = follow(path);
    const reading = collect(followed);
    await until(() => reading.text() === 'one\n');
    await writeFile(`${path}.new`, 'One\ntwo\n');
    await rename(`${path}.new`, path);
    await expect(reading.done).rejects.toThrow('it was replaced by another file');
  },
);

test.skipIf(process.platform === 'win32')(
  'a file that was deleted, and written anew by its writer, goes on',
  async () => {
    const path = await makePath();
    await writeFile(path, 'one\n');
    const followed = follow(path);
    const reading = collect(followed);
    await until(() => reading.text() === 'one\n');
    await copyFile(path, `${path}.kept`);
    await rm(path);
    // As its writer does it: from the first byte on.
    await writeFile(path, 'on');
    followed.wake();
    await appendFile(path, 'e\ntwo\n');
    await until(() => reading.text() === 'one\ntwo\n');
    followed.end(8);
    await reading.done;
  },
);

test.skipIf(process.platform === 'win32')(
  'one that is never written anew as far as it was is an error in the end',
  async () => {
    const path = await makePath();
    await writeFile(path, 'one\n');
    const followed = followFile({ clock: createSystemClock(), rewriteMs: 500 }, path);
    const reading = collect(followed);
    await until(() => reading.text() === 'one\n');
    await rm(path);
    await writeFile(path, 'on');
    await expect(reading.done).rejects.toThrow('it was replaced by another file');
  },
);

test('a reader that is no longer wanted ends with the reason', async () => {
  const path = await makePath();
  await writeFile(path, 'one\n');
  const gone = new AbortController();
  const reading = collect(follow(path), gone);
  await until(() => reading.text() === 'one\n');
  gone.abort(new Error('enough'));
  await expect(reading.done).rejects.toThrow('enough');
});

test('whatever is appended comes as it is, in order', async () => {
  const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '\n', ' '), maxLength: 40 }), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(pieces, async (written) => {
      const path = await makePath();
      const followed = follow(path);
      const reading = collect(followed);
      let whole = '';
      await writeFile(path, '');
      for (const piece of written) {
        await appendFile(path, piece);
        whole += piece;
        followed.wake();
        expect(whole.startsWith(reading.text())).toBe(true);
      }
      followed.end(Buffer.byteLength(whole));
      expect(await reading.done).toBe(whole);
    }),
    { numRuns: 30 },
  );
});
