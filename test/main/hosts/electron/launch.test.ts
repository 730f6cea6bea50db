import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WindowWish } from '../../../../main/bridge/desktop.ts';
import { openFile, openLink, readLaunch } from '../../../../main/hosts/electron/launch.ts';
import { formatRecordingLink } from '../../../../preload/recording-link.ts';

const FOLDER = resolve('/home/somebody');
const read = (...args: string[]): readonly WindowWish[] =>
  readLaunch(['/usr/bin/kubereel', ...args], {
    workingDirectory: FOLDER,
    ownPaths: [resolve('/src/kubereel')],
  });

test('files and links are opened in their order; relative ones from where the app was started', () => {
  expect(read('a.cast', resolve('/tmp/b c.cast'), 'kubereel://recording/r1?t=1.5')).toEqual([
    { kind: 'file', path: join(FOLDER, 'a.cast') },
    { kind: 'file', path: resolve('/tmp/b c.cast') },
    { kind: 'recording', recordingId: 'r1', timeMicros: 1_500_000 },
  ]);
});

test('a file’s address is its path', () => {
  const path = resolve('/tmp/b c.cast');
  expect(read(pathToFileURL(path).href)).toEqual([{ kind: 'file', path }]);
  expect(read('file://elsewhere.example/a%00b')).toMatchObject([{ kind: 'refused' }]);
});

test('switches are nothing to open, nor is the app’s own folder', () => {
  expect(
    read('--demo', '--allow-file-access-from-files', '--x=a.cast', '', resolve('/src/kubereel')),
  ).toEqual([]);
});

test('a start that names thousands opens a few', () => {
  expect(read(...Array.from({ length: 5_000 }, (_, index) => `${index}.cast`))).toHaveLength(32);
});

test('a link that was made here opens what it was made for', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 100, unit: 'grapheme' }),
      fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: undefined }),
      (recordingId, timeMs) => {
        const timeMicros = timeMs === undefined ? undefined : timeMs * 1_000;
        const link = formatRecordingLink({ recordingId, ...(timeMicros !== undefined && { timeMicros }) });
        expect(openLink(link)).toEqual({
          kind: 'recording',
          recordingId,
          ...(timeMicros !== undefined && { timeMicros }),
        });
      },
    ),
  );
});

test('whatever a hostile link says, it shows a recording or is refused', () => {
  const hostile = fc.tuple(
    fc.constantFrom('kubereel:', 'KubeReel://', 'kubereel://recording/', 'kubereel://shell/', 'kubereel:///'),
    fc.oneof(
      fc.string(),
      fc.constantFrom(
        'https://evil.example/x.cast',
        '../../etc/passwd',
        '%2e%2e/%2e%2e',
        '" --gpu-launcher=calc',
        '%00',
        '//x/y.cast',
        '?t=1&t=2',
      ),
    ),
  );
  fc.assert(
    fc.property(hostile, ([scheme, rest]) => {
      const [wish, ...others] = read(`${scheme}${rest}`);
      expect(others).toEqual([]);
      expect(['recording', 'refused']).toContain(wish?.kind);
      if (wish?.kind === 'recording') {
        expect(wish.recordingId.length).toBeLessThanOrEqual(512);
        expect(Object.keys(wish).toSorted().join()).toMatch(/^kind,recordingId(,timeMicros)?$/);
      }
    }),
  );
});

test('no argument makes more than what it names be opened', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 8 }), (args) => {
      const wishes = read(...args);
      expect(wishes.length).toBeLessThanOrEqual(args.length);
      for (const wish of wishes) expect(['file', 'recording', 'refused']).toContain(wish.kind);
    }),
  );
});

test('a path that no system has is refused', () => {
  expect(openFile('a\0b', FOLDER)).toMatchObject({ kind: 'refused' });
});
