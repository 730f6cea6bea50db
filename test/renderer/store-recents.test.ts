import { expect, test } from 'vitest';
import type { ShellTarget } from '../../preload/contract.ts';
import { targetKey, targetName, targetOfRecording, withRecent } from '../../renderer/store-recents.ts';
import { recordingNamed } from '../fakes/page-things.ts';

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

test('a debug container and a node are named as such', () => {
  expect(targetName({ ...at('a'), debug: { image: 'busybox' } })).toBe('a / app, debug');
  const ofNode: ShellTarget = { ...at('a'), node: { name: 'node-1', image: 'busybox' } };
  expect(targetName(ofNode)).toBe('node node-1');
});

test('a recording leads back to where it was, to a node or a debug container by way of a new one', () => {
  const place = { context: 'staging', namespace: 'shop', pod: 'web-7f9c5d8b4-x2x9z' };
  expect(targetOfRecording(recordingNamed('r'))).toEqual({ ...place, container: 'app' });
  expect(targetOfRecording(recordingNamed('r', { container: '' }))).toEqual(place);
  const known = { image: 'busybox', node: 'node-1' };
  expect(targetOfRecording(recordingNamed('r', known))).toEqual({ ...place, container: 'app' });
  const ofDebug = recordingNamed('r', {
    ...known,
    container: 'debugger-x',
    origin: { kind: 'debug', target: 'app' },
  });
  expect(targetOfRecording(ofDebug)).toEqual({ ...place, container: 'app', debug: { image: 'busybox' } });
  expect(targetOfRecording({ ...ofDebug, origin: { kind: 'node' } })).toEqual({
    ...place,
    node: { name: 'node-1', image: 'busybox' },
  });
});
