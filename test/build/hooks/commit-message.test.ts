import { expect, test } from 'vitest';
import { judgeMessage } from '../../../build/hooks/commit-message.mjs';

test('a message in our style passes', () => {
  expect(judgeMessage('exec: pause the socket when the queue is full\n\nWhy.\n# comment\n')).toBeUndefined();
  expect(judgeMessage('Merge branch x')).toBeUndefined();
});

test.each([
  ['Fix stuff', 'Begin with the room'],
  ['exec: Pause it', 'Begin with the room'],
  ['exec: pause it.', 'No full stop'],
  [`exec: ${'x'.repeat(80)}`, 'under 72'],
  ['exec: pause it\nat once', 'second line empty'],
])('%j is refused', (message, why) => {
  expect(judgeMessage(message)).toContain(why);
});
