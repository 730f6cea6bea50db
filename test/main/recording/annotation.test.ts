// covers: main/recording/annotation-file.ts
// covers: main/recording/recording-lock.ts
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import {
  type AnnotationChange,
  changeAnnotation,
  readWords,
  toTag,
} from '../../../main/recording/annotation.ts';
import { annotationPathOf, MAX_TAGS, readAnnotationFile } from '../../../main/recording/annotation-file.ts';
import { anyCharacter } from '../../fakes/any-text.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';
import { makeKeyring, recordEncrypted } from '../../fakes/encryption.ts';
import { recordSession } from '../../fakes/recordings.ts';

const clock = createSystemClock();
let path: string;

beforeEach(async () => {
  ({ path } = await recordSession(await makeCastFolder()));
});

function change(wanted: AnnotationChange): Promise<void> {
  return changeAnnotation({ clock, keys: undefined }, path, undefined, wanted);
}

async function told(): Promise<object | undefined> {
  const { version: _version, id: _id, ...words } = (await readAnnotationFile(path)) ?? {};
  return words;
}

test('tags, comment and pin are changed one by one, for this user alone, and the cast is not touched', async () => {
  const before = await readFile(path);
  await change({ addTags: ['incident', 'db-7'] });
  await change({ comment: ' the night of the\r\nfull disk\u001b ' });
  await change({ isPinned: true });
  await change({ addTags: ['INCIDENT', 'later'], removeTags: ['DB-7', 'never'] });
  const comment = 'the night of the\nfull disk';
  expect(await told()).toEqual({ tags: ['incident', 'later'], comment, isPinned: true });
  if (process.platform !== 'win32') expect((await stat(annotationPathOf(path))).mode & 0o777).toBe(0o600);
  expect(await readFile(path)).toEqual(before);
});

test('where nothing is said any more there is no file', async () => {
  await change({ addTags: ['a'], comment: 'b', isPinned: true });
  await change({ removeTags: ['a'], comment: '', isPinned: false });
  expect((await readdir(dirname(path))).filter((name) => /annotation|lock|tmp/.test(name))).toEqual([]);
});

test('writers at the same time lose nothing of each other`s', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `tag-${index}`);
  await Promise.all(names.map((name) => change({ addTags: [name] })));
  const { tags = [] } = (await readAnnotationFile(path)) ?? {};
  expect([...tags].sort()).toEqual([...names].sort());
});

test('what a later Kubereel added is kept', async () => {
  await change({ addTags: ['a'] });
  const file = annotationPathOf(path);
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), rating: 5 }));
  await change({ removeTags: ['a'] });
  expect(await told()).toEqual({ rating: 5 });
});

test.each([
  ['no JSON', () => 'tags: a'],
  ['another version', (text: string) => text.replace('"version": 1', '"version": 2')],
  ['another recording`s', (text: string) => text.replace(/"id": ".*"/, '"id": "other"')],
  ['a tag that is too long', (text: string) => text.replace('"a"', JSON.stringify('a'.repeat(65)))],
  ['tags that are none', (text: string) => text.replace(/"tags": \[[^\]]*\]/, '"tags": "a"')],
  ['larger than any', (text: string) => `${text}${' '.repeat(200_000)}`],
])('a file of another form is told and left as it is: %s', async (_name, alter) => {
  await change({ addTags: ['a'] });
  const file = annotationPathOf(path);
  const altered = alter(await readFile(file, 'utf8'));
  await writeFile(file, altered);
  await expect(readAnnotationFile(path)).rejects.toMatchObject({ code: 'recording-unreadable' });
  await expect(change({ isPinned: true })).rejects.toMatchObject({ code: 'recording-unreadable' });
  expect(await readFile(file, 'utf8')).toBe(altered);
});

test('beside a recording that was deleted nothing is written', async () => {
  await rm(path);
  await expect(change({ isPinned: true })).rejects.toMatchObject({ code: 'recording-not-found' });
  expect((await readdir(dirname(path))).filter((name) => /annotation|lock/.test(name))).toEqual([]);
});

test.each(['', ' ', 'two words', 'a,b', 'a"b', 'bell\u0007', 'right\u202eleft', 'x'.repeat(65)])(
  'no tag: %j',
  (text) => {
    expect(() => toTag(text)).toThrow(/^a tag /);
  },
);

test('there are limits', async () => {
  const many = Array.from({ length: MAX_TAGS + 1 }, (_, index) => `t${index}`);
  await expect(change({ addTags: many })).rejects.toThrow('at most 32 tags');
  await expect(change({ comment: 'x'.repeat(4_001) })).rejects.toThrow('at most 4000 characters');
  expect(await readAnnotationFile(path)).toBeUndefined();
});

test('whatever is said is read again as it was said', async () => {
  const word = fc.string({ unit: anyCharacter, minLength: 1, maxLength: 64 }).filter((text) => {
    try {
      return toTag(text) === text;
    } catch {
      return false;
    }
  });
  const said = fc.record({ addTags: fc.array(word, { maxLength: 8 }), comment: fc.lorem({ maxCount: 40 }) });
  await fc.assert(
    fc.asyncProperty(said, async ({ addTags, comment }) => {
      await rm(annotationPathOf(path), { force: true });
      await change({ addTags, comment });
      const { tags = [], comment: read = '' } = (await readAnnotationFile(path)) ?? {};
      expect(read).toBe(comment);
      // Of those that differ in capitals only the first one stands.
      const folded = new Map(addTags.map((tag) => [tag.toLowerCase(), tag]).reverse() as [string, string][]);
      expect(new Set(tags)).toEqual(new Set(folded.values()));
    }),
    { numRuns: 30 },
  );
});

test('the words about an encrypted recording are encrypted, its pin is not', async () => {
  const { keys, recipient } = await makeKeyring();
  ({ path } = await recordEncrypted(await makeCastFolder(), [recipient], ['hello']));
  const wanted = { addTags: ['payroll'], comment: 'salaries shown', isPinned: true };
  await changeAnnotation({ clock, keys }, path, [recipient], wanted);
  await changeAnnotation({ clock, keys }, path, [recipient], { addTags: ['again'] });
  const text = await readFile(annotationPathOf(path), 'utf8');
  expect(text).not.toMatch(/payroll|salaries|again/);
  const { encrypted = '', isPinned } = (await readAnnotationFile(path)) ?? {};
  expect(isPinned).toBe(true);
  expect(await readWords(keys, [recipient], encrypted)).toEqual({
    tags: ['payroll', 'again'],
    comment: 'salaries shown',
  });
});

test('without a key an encrypted recording is pinned, but not tagged', async () => {
  const { keys, recipient } = await makeKeyring();
  ({ path } = await recordEncrypted(await makeCastFolder(), [recipient], ['hello']));
  await changeAnnotation({ clock, keys }, path, [recipient], { addTags: ['payroll'] });
  const { keys: others } = await makeKeyring();
  await changeAnnotation({ clock, keys: others }, path, [recipient], { isPinned: true });
  const tagging = changeAnnotation({ clock, keys: others }, path, [recipient], { addTags: ['b'] });
  await expect(tagging).rejects.toMatchObject({ code: 'recording-locked' });
  const { encrypted = '', isPinned } = (await readAnnotationFile(path)) ?? {};
  expect(isPinned).toBe(true);
  expect(await readWords(keys, [recipient], encrypted)).toEqual({ tags: ['payroll'] });
  await expect(readWords(others, [recipient], encrypted)).rejects.toMatchObject({ code: 'recording-locked' });
});
