import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatNote,
  formatStored,
  isRecordingId,
  isStoredId,
  nameStored,
  parseNote,
  parseStored,
  readCastFacts,
  type StoredRecording,
} from '../../../main/recorder-server/stored-recording.ts';
import { makeRecordingId } from '../../../main/recording/recording-id.ts';
import { anyCharacter } from '../../fakes/any-text.ts';
import { CAST_HEADER } from '../../fakes/recorder-posts.ts';

test('our own ids are taken, and every name made of one is one that is read', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: 1e6 }), (atMs, version) => {
      const id = makeRecordingId(atMs);
      expect(isRecordingId(id)).toBe(true);
      expect(isStoredId(nameStored(id, 'whole', version))).toBe(true);
      expect(isStoredId(nameStored(id, 'partial', version))).toBe(true);
    }),
  );
});

test('no text that is taken as an id could be a path, a hidden file or a device', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (text) => {
      if (!isStoredId(text)) return;
      expect(text).toMatch(/^[0-9][0-9a-z.-]*$/);
      expect(text).not.toContain('..');
      expect(text.length).toBeLessThan(90);
    }),
  );
  for (const text of ['', '.', '..', '1..2', '1/2', '1.', '1.0', '1.partial.', '1.PARTIAL', 'nul', '1\n']) {
    expect(isStoredId(text)).toBe(false);
  }
});

test('what stands beside a recording is read as it was written', () => {
  const note = { recordingId: '1', protocol: 'v1', isAgain: true, from: '::1', startedAtMs: 5 } as const;
  const stored: StoredRecording = {
    ...note,
    id: '1.partial.2',
    state: 'partial',
    reason: 'the client broke off',
    bytes: 7,
    sha256: 'a'.repeat(64),
    endedAtMs: 6,
    header: readCastFacts(CAST_HEADER),
  };
  expect(parseNote(formatNote(note))).toEqual(note);
  expect(parseStored(formatStored(stored))).toEqual(stored);
  expect(parseStored(formatNote(note))).toBeUndefined();
  expect(parseStored(formatStored({ ...stored, id: '../x' }))).toBeUndefined();
});

test('a header’s odd fields are left out of the list, a line that is no header is none', () => {
  expect(readCastFacts(CAST_HEADER)).toMatchObject({
    width: 120,
    srcNode: 'laptop.tail1.ts.net',
    kubernetes: { PodName: 'web-0', Namespace: 'prod', Container: 'app' },
  });
  const long = 'x'.repeat(1_000);
  const odd = readCastFacts(JSON.stringify({ version: 2, width: 'wide', title: long, kubernetes: [] }));
  expect(odd).toEqual({ title: long.slice(0, 256) });
  for (const line of ['', '[]', '{}', '{"version":1}', '{"version":"2"}'])
    expect(readCastFacts(line)).toBeUndefined();
});
