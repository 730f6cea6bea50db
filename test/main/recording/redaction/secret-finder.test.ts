import { expect, test } from 'vitest';
import { createSecretFinder } from '../../../../main/recording/redaction/secret-finder.ts';

test('what is not decided is looked at again, with what came before it in its line', () => {
  const finder = createSecretFinder([]);
  expect(finder.look('password: hun', 'none')).toMatchObject({ decided: 10 });
  finder.pass(10);
  expect(finder.look('hunter2 ok', 'none')).toEqual({
    spans: [{ start: 0, end: 7, rule: 'named-value' }],
    decided: 8,
    isContinued: false,
  });
});

test('a new line knows nothing of the one before', () => {
  const finder = createSecretFinder([]);
  finder.look('password:\n', 'none');
  finder.pass(10);
  expect(finder.look('hunter2 ', 'all').spans).toEqual([]);
});

test('a secret that was given up in part goes on', () => {
  const finder = createSecretFinder([]);
  finder.look('token=ab', 'all');
  finder.pass(8);
  expect(finder.look('cd e', 'all')).toMatchObject({
    spans: [{ start: 0, end: 2, rule: 'named-value' }],
    isContinued: true,
  });
});

test('what is given up though more may come masks what has begun; at the end it does not', () => {
  expect(createSecretFinder([]).look('ghp_ab', 'all').spans).toEqual([{ start: 4, end: 6, rule: 'github' }]);
  expect(createSecretFinder([]).look('ghp_ab', 'end').spans).toEqual([]);
});

test('with patterns of the user the whole line waits', () => {
  const pattern = { name: 'own', find: () => [] };
  expect(createSecretFinder([pattern]).look('one\ntwo three', 'none').decided).toBe(4);
  expect(createSecretFinder([]).look('one\ntwo three', 'none').decided).toBe(8);
});

test('of a line that grows too long a match is not split', () => {
  const pattern = { name: 'own', find: () => [{ start: 3_000, end: 4_000 }] };
  expect(createSecretFinder([pattern]).look('x'.repeat(4_500), 'most').decided).toBe(3_000);
});
