import { describe, expect, test } from 'vitest';
import { chooseProxy } from '../../../main/kube/proxy-choice.ts';

const server = 'https://kube.example.com:6443';

function choose(environment: NodeJS.ProcessEnv, cluster: { server?: string; proxyUrl?: string } = {}) {
  return chooseProxy({ name: 'c', server, ...cluster }, environment);
}

test('proxy-url comes before the environment, and NO_PROXY says nothing about it', () => {
  const environment = { HTTPS_PROXY: 'http://env:1', NO_PROXY: '*' };
  expect(choose(environment, { proxyUrl: 'http://own:2' })).toEqual({
    proxy: { kind: 'http', host: 'own', port: 2 },
    source: 'proxy-url',
  });
});

test.each([
  ['https://h', { HTTPS_PROXY: 'p:1', HTTP_PROXY: 'q:1' }, 'HTTPS_PROXY'],
  ['http://h', { HTTPS_PROXY: 'p:1', HTTP_PROXY: 'q:1' }, 'HTTP_PROXY'],
  ['https://h', { https_proxy: 'p:1' }, 'https_proxy'],
  ['https://h', { HTTPS_PROXY: 'p:1', https_proxy: 'q:1' }, 'HTTPS_PROXY'],
  ['https://h', { HTTPS_PROXY: '', https_proxy: 'q:1' }, 'https_proxy'],
  ['https://h', { HTTP_PROXY: 'q:1' }, undefined],
  ['https://h', { ALL_PROXY: 'q:1', all_proxy: 'q:1' }, undefined],
  ['https://h', { HTTPS_PROXY: 'no address' }, undefined],
  ['https://h', {}, undefined],
])('%s with %o goes by %s', (address, environment, source) => {
  expect(choose(environment, { server: address })?.source).toBe(source);
});

test.each([
  'https://localhost',
  'https://localhost:6443',
  'https://127.0.0.1',
  'https://127.9.9.9',
  'https://[::1]',
])('%s is on this machine and is never proxied by the environment', (address) => {
  expect(choose({ HTTPS_PROXY: 'p:1' }, { server: address })).toBeUndefined();
  expect(choose({}, { server: address, proxyUrl: 'http://p:1' })).toBeDefined();
});

/** The rules and several of the cases of golang.org/x/net/http/httpproxy. */
describe('NO_PROXY', () => {
  test.each([
    // Names: a name and all below it; with a leading dot or `*.` only those below.
    ['https://kube.example.com', 'example.com', true],
    ['https://example.com', 'example.com', true],
    ['https://notexample.com', 'example.com', false],
    ['https://kube.example.com', '.example.com', true],
    ['https://example.com', '.example.com', false],
    ['https://kube.example.com', '*.example.com', true],
    ['https://example.com', '*.example.com', false],
    ['https://kube.example.com', 'EXAMPLE.com', true],
    ['https://KUBE.example.com', 'kube.EXAMPLE.com', true],
    ['https://kube.example.com', 'other, example.com ,another', true],
    ['https://kube.example.com', 'ample.com', false],
    ['https://kube.example.com', '*', true],
    ['https://10.1.2.3', '*', true],
    ['https://kube.example.com', 'other,*', true],
    ['https://kube.example.com', '', false],
    ['https://kube.example.com', ',,', false],
    // Ports.
    ['https://kube.example.com:6443', 'example.com:6443', true],
    ['https://kube.example.com:6443', 'example.com:443', false],
    ['https://kube.example.com', 'example.com:443', true],
    ['http://kube.example.com', 'example.com:80', true],
    ['https://10.1.2.3:6443', '10.1.2.3:6443', true],
    ['https://10.1.2.3:6443', '10.1.2.3:443', false],
    ['https://[fd00::1]:6443', '[fd00::1]:6443', true],
    ['https://[fd00::1]:6443', '[fd00::1]:1', false],
    ['https://kube.example.com', ':443', false],
    // Addresses and ranges.
    ['https://10.1.2.3', '10.1.2.3', true],
    ['https://10.1.2.3', '10.1.2.4', false],
    ['https://10.1.2.3', '10.0.0.0/8', true],
    ['https://10.1.2.3', '10.2.0.0/16', false],
    ['https://10.1.2.3', '10.1.2.0/24,192.168.0.0/16', true],
    ['https://10.1.2.3', '0.0.0.0/0', true],
    ['https://10.1.2.3', '10.0.0.0/33', false],
    ['https://[fd00::1]', 'fd00::1', true],
    ['https://[fd00:0:0::1]', 'fd00::1', true],
    ['https://[fd00::1]', 'fd00::/8', true],
    ['https://[fe80::1]', 'fd00::/8', false],
    ['https://kube.example.com', '10.0.0.0/8', false],
  ])('%s with %j is direct: %s', (address, noProxy, isDirect) => {
    const environment = { HTTPS_PROXY: 'p:1', HTTP_PROXY: 'p:1' };
    expect(choose({ ...environment, NO_PROXY: noProxy }, { server: address }) === undefined).toBe(isDirect);
    expect(choose({ ...environment, no_proxy: noProxy }, { server: address }) === undefined).toBe(isDirect);
  });
});
