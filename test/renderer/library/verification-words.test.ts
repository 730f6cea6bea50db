import { expect, test } from 'vitest';
import { describeVerification } from '../../../renderer/library/verification-words.ts';

const SEAL = { keyId: 'a1b2c3d4e5f60718', signedAtMs: new Date(2026, 10, 5, 4, 3, 7).getTime() };

test('what is well says so with its seal', () => {
  const intact = { recordingId: 'r', verdict: 'intact', reason: 'it is what was recorded', ...SEAL } as const;
  expect(describeVerification(intact)).toEqual({
    shape: 'full',
    tone: 'live',
    line: 'Intact: It is what was recorded. Sealed Thu 5 Nov 2026, 04:03:07 with key a1b2c3d4.',
  });
});

test('what was changed says where', () => {
  const badBlock = { index: 1, fromByte: 65_536, toByte: 131_072 };
  const altered = { recordingId: 'r', verdict: 'altered', reason: 'its bytes differ', badBlock } as const;
  expect(describeVerification(altered)).toMatchObject({
    tone: 'lost',
    line: 'Altered: Its bytes differ. First bad part: bytes 65536 to 131072.',
  });
});

test('what never was sealed is no alarm and not well', () => {
  const none = { recordingId: 'r', verdict: 'unsealed', reason: 'there is no sidecar beside it' } as const;
  expect(describeVerification(none)).toMatchObject({ tone: 'owed', shape: 'ring' });
});
