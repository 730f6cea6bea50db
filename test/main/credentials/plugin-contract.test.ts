import { beforeAll, expect, test } from 'vitest';
import { createPluginEnvironment, parsePluginAnswer } from '../../../main/credentials/plugin-contract.ts';
import { V1 } from '../../fakes/credentials.ts';
import { createTestAuthority, type KeyPair } from '../../fakes/tls.ts';

const plugin = {
  apiVersion: V1,
  command: 'aws',
  args: [],
  env: [],
  provideClusterInfo: true,
  interactiveMode: 'Never',
} as const;
const cluster = { server: 'https://h' };
let pair: KeyPair;
let other: KeyPair;

beforeAll(async () => {
  const authority = await createTestAuthority();
  pair = await authority.issue({ commonName: 'ada' });
  other = await authority.issue({ commonName: 'bob' });
});

function answer(status: unknown, more: object = {}): string {
  return JSON.stringify({ kind: 'ExecCredential', apiVersion: V1, status, ...more });
}

test('variables: ours, then the kubeconfig’s, then what it is asked for, whatever those say', () => {
  const env = [
    { name: 'A', value: 'plugin' },
    { name: 'KUBERNETES_EXEC_INFO', value: 'forged' },
  ];
  const inherited = { A: 'own', B: 'own', KUBERNETES_EXEC_INFO: 'older' };
  const made = createPluginEnvironment(
    { platform: 'linux' },
    { inherited, plugin: { ...plugin, env }, cluster, isInteractive: true },
  );
  expect(made).toEqual({
    A: 'plugin',
    B: 'own',
    KUBERNETES_EXEC_INFO: `{"kind":"ExecCredential","apiVersion":"${V1}","spec":{"cluster":{"server":"https://h","config":null},"interactive":true}}\n`,
  });
});

test('Windows: a variable that is written otherwise is the same one', () => {
  const env = [{ name: 'PATH', value: 'plugin' }];
  const inherited = { Path: 'own', Kubernetes_Exec_Info: 'older', Other: 'own' };
  const task = { inherited, plugin: { ...plugin, env }, cluster, isInteractive: false };
  const onWindows = createPluginEnvironment({ platform: 'win32' }, task);
  expect(Object.keys(onWindows)).toEqual(['Other', 'PATH', 'KUBERNETES_EXEC_INFO']);
  expect(createPluginEnvironment({ platform: 'linux' }, task)).toMatchObject({ Path: 'own', PATH: 'plugin' });
});

test('the cluster is told only to a plugin that asks for it', () => {
  const quiet = { ...plugin, provideClusterInfo: false };
  const { KUBERNETES_EXEC_INFO } = createPluginEnvironment(
    { platform: 'linux' },
    { inherited: {}, plugin: quiet, cluster, isInteractive: false },
  );
  expect(KUBERNETES_EXEC_INFO).toBe(
    `{"kind":"ExecCredential","apiVersion":"${V1}","spec":{"interactive":false}}\n`,
  );
});

test('a token, a pair and a time', () => {
  const status = {
    token: 't',
    clientCertificateData: pair.certificate,
    clientKeyData: pair.privateKey,
    expirationTimestamp: '2026-11-21T10:00:00.5+02:00',
  };
  expect(parsePluginAnswer(plugin, answer(status))).toEqual({
    authorization: 'Bearer t',
    clientCertificate: { certificatePem: pair.certificate, keyPem: pair.privateKey },
    expiresAtMs: Date.UTC(2026, 10, 21, 8, 0, 0, 500),
  });
});

test('what has no kind is taken for what was expected', () => {
  expect(parsePluginAnswer(plugin, `{"apiVersion":"${V1}","status":{"token":"t"}}`)).toEqual({
    authorization: 'Bearer t',
  });
});

test('YAML will do, and fields that are not known', () => {
  const yaml = `kind: ExecCredential\napiVersion: ${V1}\nspec: {}\nstatus:\n  token: yaml\n  expirationTimestamp: null\n`;
  expect(parsePluginAnswer(plugin, yaml)).toEqual({ authorization: 'Bearer yaml' });
  expect(parsePluginAnswer(plugin, answer({ token: 't', more: 1 }))).toEqual({ authorization: 'Bearer t' });
});

test.each([
  ['nothing', '', 'decoding stdout'],
  ['words', 'marker-secret', 'decoding stdout'],
  ['much that is no JSON', 'marker-secret: 1\n'.repeat(60_000), 'decoding stdout'],
  ['another kind', answer({ token: 'marker-secret' }, { kind: 'Pod' }), 'decoding stdout'],
  ['a token that is a number', answer({ token: 7, clientKeyData: 'marker-secret' }), 'decoding stdout'],
  [
    'another version',
    answer({ token: 'marker-secret' }, { apiVersion: 'client.authentication.k8s.io/v1beta1' }),
    `exec plugin is configured to use API version ${V1}, plugin returned version client.authentication.k8s.io/v1beta1`,
  ],
  [
    'no version',
    '{"kind":"ExecCredential","status":{"token":"marker-secret"}}',
    `exec plugin is configured to use API version ${V1}, plugin returned version none`,
  ],
  ['no status', answer(undefined), "exec plugin didn't return a status field"],
  ['an empty status', answer({}), "exec plugin didn't return a token or cert/key pair"],
  [
    'a certificate alone',
    answer({ clientCertificateData: 'marker-secret' }),
    'exec plugin returned only certificate or key, not both',
  ],
  [
    'a key alone',
    answer({ token: 't', clientKeyData: 'marker-secret' }),
    'exec plugin returned only certificate or key, not both',
  ],
  [
    'a pair that is none',
    answer({ clientCertificateData: 'marker-secret', clientKeyData: 'marker-secret' }),
    'failed parsing client key/certificate: ',
  ],
  [
    'an empty time',
    answer({ token: 'marker-secret', expirationTimestamp: '' }),
    'expirationTimestamp is no RFC 3339 time',
  ],
  [
    'a time that is none',
    answer({ token: 'marker-secret', expirationTimestamp: '21 Nov 2026' }),
    'expirationTimestamp is no RFC 3339 time',
  ],
])('%s is refused, and nothing of it is quoted', (_what, stdout, message) => {
  let failure: unknown;
  try {
    parsePluginAnswer(plugin, stdout);
  } catch (error) {
    failure = error;
  }
  expect(failure).toMatchObject({
    code: 'plugin-answer-invalid',
    message: expect.stringContaining(message),
  });
  expect(`${JSON.stringify(failure)}${String((failure as Error).cause)}`).not.toContain('marker-secret');
});

test('a key that belongs to another certificate is refused', () => {
  const status = { clientCertificateData: pair.certificate, clientKeyData: other.privateKey };
  expect(() => parsePluginAnswer(plugin, answer(status))).toThrow('failed parsing client key/certificate');
});
