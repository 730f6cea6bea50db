import { expect, test } from 'vitest';
import { parseJson } from '../../../main/base/json.ts';

test('what is JSON is read, and what is none is nothing', () => {
  expect(parseJson(' {"a":[1,null]} ')).toEqual({ a: [1, null] });
  expect(parseJson('null')).toBeNull();
  expect(['', '{', 'undefined', '{"a":1}x'].map(parseJson)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
