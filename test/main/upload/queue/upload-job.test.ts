import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../../main/base/errors.ts';
import {
  createJob,
  formatJob,
  formatReceipt,
  hastenJob,
  noteFailure,
  noteSending,
  parseJob,
  parseReceipt,
  releaseJob,
  type UploadJob,
} from '../../../../main/upload/queue/upload-job.ts';
import { anyCharacter } from '../../../fakes/any-text.ts';

const ID = '20260102-030405-abcdef';
const OWNER = { hostName: 'here', processId: 7, processStartedAtMs: 1 };
const RECORDERS = [
  { kind: 'tsrecorder', url: 'https://one', name: 'one', tokenFile: '/etc/token' },
  { kind: 'asciinema', url: 'https://two' },
] as const;

const text = fc.string({ minLength: 1, unit: anyCharacter });
const count = fc.nat();
const recorderName = {
  kind: fc.constantFrom('tsrecorder', 'asciinema', 'alis'),
  url: text,
  name: text,
};
const some = { requiredKeys: ['kind', 'url'] as ('kind' | 'url')[] };
const anyJob: fc.Arbitrary<UploadJob> = fc.record(
  {
    version: fc.constant(1 as const),
    recordingId: text,
    owedSinceMs: count,
    recorders: fc.array(
      fc.record({ ...recorderName, tokenFile: text, caFile: text, certFile: text, keyFile: text }, some),
      { minLength: 1, maxLength: 3 },
    ),
    owner: fc.record({ hostName: fc.string(), processId: count, processStartedAtMs: count }),
    isBegun: fc.constant(true as const),
    sentTo: fc.array(text, { maxLength: 3 }),
    failures: count,
    answers: fc.array(
      fc.record(
        {
          recorder: fc.record(recorderName, some),
          atMs: count,
          code: text,
          message: fc.string(),
          hint: fc.string(),
        },
        { requiredKeys: ['atMs', 'code', 'message'] },
      ),
      { maxLength: 3 },
    ),
    next: fc.oneof(
      fc.record({ kind: fc.constant('at' as const), atMs: count }),
      fc.record({ kind: fc.constant('user' as const) }),
    ),
  },
  {
    requiredKeys: [
      'version',
      'recordingId',
      'owedSinceMs',
      'recorders',
      'sentTo',
      'failures',
      'answers',
      'next',
    ],
  },
) as fc.Arbitrary<UploadJob>;

function codeOf(read: () => unknown): string {
  try {
    read();
    return 'read';
  } catch (error) {
    return error instanceof AppError ? error.code : 'no AppError';
  }
}

test('a job is read as it was written', () => {
  fc.assert(
    fc.property(anyJob, (job) => {
      expect(parseJob(formatJob(job), job.recordingId)).toEqual(job);
    }),
  );
});

test('a job that was cut anywhere is unreadable, and nothing else', () => {
  fc.assert(
    fc.property(anyJob, fc.nat(), (job, at) => {
      const file = formatJob(job);
      // Its last character is a line end.
      const cut = file.slice(0, at % (file.length - 1));
      expect(codeOf(() => parseJob(cut, job.recordingId))).toBe('upload-unreadable');
    }),
  );
});

test('a file that holds anything else is unreadable', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(codeOf(() => parseJob(json, ID))).toBe('upload-unreadable');
    }),
  );
});

test('a job of another recording is unreadable, and so is one of a later version', () => {
  const job = createJob(ID, RECORDERS, { nowMs: 5, owner: OWNER });
  expect(codeOf(() => parseJob(formatJob(job), 'other'))).toBe('upload-unreadable');
  const later = formatJob(job).replace('"version": 1', '"version": 2');
  expect(() => parseJob(later, ID)).toThrow('version is wrong');
});

test('a receipt is read as it was written', () => {
  const receipt = {
    version: 1,
    recordingId: ID,
    recorder: { kind: 'asciinema', url: 'https://two' },
    atMs: 9,
    bytes: 81,
    url: 'https://two/a/1',
    message: 'thanks',
    isRepeated: true,
  } as const;
  expect(parseReceipt(formatReceipt(receipt), ID)).toEqual(receipt);
  expect(codeOf(() => parseReceipt('{}', ID))).toBe('upload-unreadable');
});

test('a recorder that is sent the first byte may have some of it from then on, once', () => {
  const job = createJob(ID, RECORDERS, { nowMs: 5, owner: OWNER });
  expect(job.sentTo).toEqual([]);
  const sent = noteSending(noteSending(job, RECORDERS[0]), RECORDERS[0]);
  expect(sent).toMatchObject({ isBegun: true, sentTo: ['https://one'] });
  expect(noteSending(sent, RECORDERS[1]).sentTo).toEqual(['https://one', 'https://two']);
});

test('a failure keeps what each recorder said, and nothing of its token', () => {
  const job = createJob(ID, RECORDERS, { nowMs: 5, owner: OWNER });
  const error = new AppError('recorder-refused', 'no', { hint: 'do this', cause: new Error('s3cret') });
  const failed = noteFailure(job, [{ recorder: RECORDERS[0], error }], { nowMs: 8, next: { kind: 'user' } });
  expect(failed).toMatchObject({
    failures: 1,
    answers: [
      {
        recorder: { kind: 'tsrecorder', url: 'https://one', name: 'one' },
        atMs: 8,
        code: 'recorder-refused',
        message: 'no',
        hint: 'do this',
      },
    ],
    next: { kind: 'user' },
  });
  expect(formatJob(failed)).not.toContain('s3cret');
  expect(hastenJob(failed, 9)).toMatchObject({ failures: 0, next: { kind: 'at', atMs: 9 } });
});

test('what nobody has in hand any more has no owner', () => {
  const job = createJob(ID, RECORDERS, { nowMs: 5, owner: OWNER });
  expect(job.owner).toEqual(OWNER);
  expect(releaseJob(job)).not.toHaveProperty('owner');
});
