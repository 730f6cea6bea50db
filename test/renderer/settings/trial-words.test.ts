import { expect, test } from 'vitest';
import { describeReceipt, describeStep } from '../../../renderer/settings/trial-words.ts';

test('a step is told as done or as failed, with its time', () => {
  expect(describeStep({ step: 'check', elapsedMs: 0.2 })).toMatchObject({
    done: 'It is there',
    took: '1 ms',
  });
  expect(describeStep({ step: 'confirm', elapsedMs: 30_200 })).toMatchObject({
    failed: 'It has not confirmed it',
    took: '30 s',
  });
});

test('a receipt is told in the recorder’s own words too', () => {
  const receipt = { recordingId: 'r1', bytes: 412 };
  expect(describeReceipt(receipt)).toBe('The test recording r1 arrived, 412 B.');
  expect(describeReceipt({ ...receipt, message: 'view it there' })).toBe(
    'The test recording r1 arrived, 412 B. View it there.',
  );
});
