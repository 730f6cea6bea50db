import { expect, test } from 'vitest';
import { parseNodePod, withoutEntry } from '../../../main/demo/node-pods.ts';

const POD = {
  metadata: { name: 'node-debugger-node-a-x', labels: { a: 'b' } },
  spec: {
    nodeName: 'node-a',
    restartPolicy: 'Never',
    hostPID: true,
    containers: [{ name: 'debugger', image: 'busybox', command: ['sleep', '1'] }],
  },
};

function parse(pod: unknown, type = 'application/json'): ReturnType<typeof parseNodePod> {
  return parseNodePod('shop', new TextEncoder().encode(JSON.stringify(pod)), type);
}

test('a debugging pod of a node becomes a plan without an owner', () => {
  expect(parse(POD)).toEqual({
    namespace: 'shop',
    name: 'node-debugger-node-a-x',
    labels: { a: 'b' },
    node: 'node-a',
    ip: '10.20.0.11',
    ageMinutes: 0,
    containers: [{ name: 'debugger', image: 'busybox', hasPrograms: true, isNode: true }],
    life: { kind: 'running' },
  });
});

test.each([
  [{ ...POD, spec: { ...POD.spec, nodeName: undefined } }],
  [{ ...POD, spec: { ...POD.spec, restartPolicy: 'Always' } }],
  [{ ...POD, spec: { ...POD.spec, containers: [] } }],
  [{ ...POD, metadata: { name: '../x' } }],
])('any other pod is refused: %j', (pod) => {
  expect(() => parse(pod)).toThrow('the demo cluster makes debugging pods for its nodes only');
});

test('kubectl’s binary encoding is refused as a type that is not known here', () => {
  expect(() => parse(POD, 'application/vnd.kubernetes.protobuf')).toThrow('accepted media types include');
});

test('the way into the node’s files is left out, and only that', () => {
  expect(withoutEntry(['chroot', '/host', 'sh', '-c', 'ls'])).toEqual(['sh', '-c', 'ls']);
  expect(withoutEntry(['chroot', '/elsewhere', 'sh'])).toEqual(['chroot', '/elsewhere', 'sh']);
  expect(withoutEntry(['sh'])).toEqual(['sh']);
});
