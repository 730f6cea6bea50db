import { expect, test } from 'vitest';
import {
  askAboutPod,
  askAboutTarget,
  containerTarget,
  debugRefusal,
  nodeTarget,
  questionOf,
} from '../../../renderer/debug/debug-question.ts';
import { containerNamed, podNamed } from '../../fakes/page-things.ts';

const PLACE = { context: 'staging', namespace: 'shop', pod: 'api-0' };
const POD = podNamed('api-0', {
  containers: [
    containerNamed('api'),
    containerNamed('proxy'),
    containerNamed('migrate', { kind: 'init' }),
    containerNamed('debugger-x', { kind: 'ephemeral' }),
  ],
  defaultContainer: 'api',
});

test('only the pod’s own containers are offered, the one meant first', () => {
  expect(askAboutPod('staging', POD)).toEqual({ ...PLACE, containers: ['api', 'proxy'], container: 'api' });
  expect(askAboutPod('staging', POD, 'proxy').container).toBe('proxy');
  expect(askAboutPod('staging', POD, 'debugger-x').container).toBe('api');
});

test('a session’s pod is looked up in what is listed, and taken at its word where it is not', () => {
  const target = { ...PLACE, container: 'proxy' };
  expect(askAboutTarget(target, [podNamed('other'), POD])).toMatchObject({
    containers: ['api', 'proxy'],
    container: 'proxy',
  });
  expect(askAboutTarget(target, [podNamed('api-0', { namespace: 'elsewhere' })])).toMatchObject({
    containers: ['proxy'],
  });
  expect(containerTarget(askAboutTarget(PLACE, []), '', { image: 'busybox' })).toEqual({
    ...PLACE,
    debug: { image: 'busybox' },
  });
});

test('what adds to the cluster is asked for again, a plain shell is not', () => {
  expect(questionOf({ ...PLACE, container: 'api' }, [POD])).toBeUndefined();
  expect(questionOf({ ...PLACE, container: 'api', debug: { image: 'x' } }, [POD])).toMatchObject({
    kind: 'debug',
    question: { container: 'api' },
  });
  expect(questionOf({ ...PLACE, node: { name: 'node-1', image: 'x' } }, [])).toEqual({
    kind: 'node-shell',
    question: { context: 'staging', namespace: 'shop', node: 'node-1' },
  });
});

test('answers are targets, without the spaces around what was typed', () => {
  const question = askAboutPod('staging', POD);
  expect(containerTarget(question, 'proxy', { image: ' alpine:3 ', profile: 'restricted' })).toEqual({
    ...PLACE,
    container: 'proxy',
    debug: { image: 'alpine:3', profile: 'restricted' },
  });
  expect(nodeTarget({ context: 'staging', namespace: 'shop', node: 'node-1' }, ' ops ', 'busybox ')).toEqual({
    context: 'staging',
    namespace: 'ops',
    pod: 'node-1',
    node: { name: 'node-1', image: 'busybox' },
  });
});

test('a pod that is over cannot be debugged, one that crashes can', () => {
  expect(debugRefusal(podNamed('a', { phase: 'Succeeded' }))).toBe('it has completed');
  expect(debugRefusal(podNamed('a', { phase: 'Failed' }))).toBe('it has failed');
  expect(debugRefusal(podNamed('a', { status: 'CrashLoopBackOff' }))).toBeUndefined();
});
