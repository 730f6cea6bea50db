import { describe, expect, test } from 'vitest';
import type { ElsewhereSession } from '../../../preload/contract-elsewhere.ts';
import {
  describeClient,
  describeCommand,
  describeProxy,
  isOnRecord,
  nameOfElsewhere,
} from '../../../renderer/elsewhere/elsewhere-words.ts';
import { elsewhereNamed, proxyWith } from '../../fakes/page-elsewhere.ts';

test('a shell is named by its pod, and by its container where the client named one', () => {
  expect(nameOfElsewhere({ pod: 'web-0', container: 'app' })).toBe('web-0 / app');
  expect(nameOfElsewhere({ pod: 'web-0', container: '' })).toBe('web-0');
});

describe('a client', () => {
  const kubectl = (client: string): string => describeClient({ door: 'kubectl', client });

  test.each([
    ['kubectl/v1.32.1 (linux/amd64) kubernetes/e9c9be4', 'kubectl 1.32.1'],
    ['kubectl1.33/v1.33.0-rc.1 (darwin/arm64) kubernetes/abc', 'kubectl1.33 1.33.0-rc.1'],
    ['k9s/0.50.6 (linux/amd64)', 'k9s 0.50.6'],
    ['Go-http-client/1.1', 'Go-http-client 1.1'],
    ['something else', 'something else'],
    ['', 'a client without a name'],
  ])('%s: %s', (client, words) => expect(kubectl(client)).toBe(words));

  test('a page is its origin', () => {
    expect(describeClient({ door: 'browser', client: 'https://a.example/v1.2' })).toBe(
      'https://a.example/v1.2',
    );
  });
});

test('what is attached to has no command of its own', () => {
  expect(describeCommand({ kind: 'attach', command: [] })).toBe('attached');
  expect(describeCommand({ kind: 'exec', command: ['sh', '-c', 'ls'] })).toBe('sh -c ls');
});

test('on record is what is being recorded, and not held up', () => {
  const { recording } = elsewhereNamed('k1');
  const held: ElsewhereSession['recording'] = {
    kind: 'recording',
    recordingId: 'r1',
    startedAtMs: 0,
    bytes: 1,
    lostBytes: 0,
    trouble: { code: 'disk-full', message: 'the disk is full' },
  };
  expect(isOnRecord({ recording })).toBe(true);
  expect(isOnRecord({ recording: held })).toBe(false);
  expect(isOnRecord({ recording: { kind: 'off', reason: 'the policy has it so' } })).toBe(false);
});

describe('the proxy', () => {
  test('tells where it is, and for how many contexts', () => {
    expect(describeProxy(proxyWith({ contexts: ['a'], run: { kind: 'running', port: 23_456 } }))).toEqual({
      shape: 'full',
      tone: 'live',
      line: 'On for 1 context, at 127.0.0.1:23456',
    });
  });

  test('tells which process runs it, where that is known', () => {
    const contexts = ['a', 'b'];
    const line = (processId?: number): string | undefined =>
      describeProxy(
        proxyWith({ contexts, run: { kind: 'elsewhere', port: 1, ...(processId && { processId }) } }),
      )?.line;
    expect(line(4711)).toContain('On for 2 contexts, run by process 4711');
    expect(line()).toContain('run by another process');
  });

  test('is off, or starting, or has a problem that is told as one', () => {
    expect(describeProxy(proxyWith())?.line).toContain('Off');
    expect(describeProxy(proxyWith({ run: { kind: 'starting' } }))?.line).toBe('Starting');
    const problem = { code: 'proxy-failed', message: 'no' };
    expect(describeProxy(proxyWith({ run: { kind: 'failed', problem } }))).toBeUndefined();
  });
});
