import { expect, test } from 'vitest';
import { targetKey, targetName, withRecent } from '../../renderer/store-recents.ts';

const at = (pod: string) => ({ context: 'prod', namespace: 'shop', pod, container: 'app' });

test('the latest stands first and each target once', () => {
  const recents = [at('a'), at('b')];
  expect(withRecent(recents, at('b')).map((one) => one.pod)).toEqual(['b', 'a']);
});

test('fifty are kept', () => {
  const many = Array.from({ length: 50 }, (_, index) => at(`pod-${index}`));
  const next = withRecent(many, at('new'));
  expect(next).toHaveLength(50);
  expect(next.at(-1)?.pod).toBe('pod-48');
});

test('another container or command is another target', () => {
  expect(targetKey(at('a'))).not.toBe(targetKey({ ...at('a'), container: 'proxy' }));
  expect(targetKey(at('a'))).not.toBe(targetKey({ ...at('a'), command: ['sh'] }));
  expect(targetName({ pod: 'a' })).toBe('a');
  expect(targetName(at('a'))).toBe('a / app');
});
