import { expect, test } from 'vitest';
import type { AppError } from '../../../main/base/errors.ts';
import { resolveAuthProvider } from '../../../main/kube/auth-provider.ts';
import type { UserFields } from '../../../main/kube/kubeconfig-schema.ts';

const NOW_MS = 1_800_000_000_000;

function tokenThatExpires(expiresAtMs: number): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ alg: 'RS256' })}.${encode({ exp: expiresAtMs / 1_000 })}.signature`;
}

function oidc(config: Record<string, string>, fields: UserFields = {}): UserFields {
  return { ...fields, 'auth-provider': { name: 'oidc', config } };
}

function failureOf(fields: UserFields): AppError {
  try {
    resolveAuthProvider('u', fields, NOW_MS);
  } catch (error) {
    return error as AppError;
  }
  throw new Error('it was taken');
}

test('an ID token is used as long as it holds, ten seconds before its end no more', () => {
  const good = tokenThatExpires(NOW_MS + 11_000);
  expect(resolveAuthProvider('u', oidc({ 'id-token': good }), NOW_MS)).toEqual({
    token: good,
    endsAtMs: NOW_MS + 1_000,
  });
  const { message, code } = failureOf(oidc({ 'id-token': tokenThatExpires(NOW_MS + 10_000) }));
  expect(code).toBe('context-unusable');
  expect(message).toContain('has an id-token that has expired');
});

test.each(['', 'a.b', 'a.b.c', `a.${Buffer.from('{"exp":"soon"}').toString('base64url')}.c`])(
  'without a token that says when it ends there is none: %j',
  (token) => {
    expect(failureOf(oidc({ 'id-token': token })).message).toContain('has no usable id-token');
  },
);

test('the refusal says what to install and what to write, secrets left out', () => {
  const { hint, detail, message } = failureOf(
    oidc({
      'idp-issuer-url': 'https://idp.example.com',
      'client-id': 'kubernetes',
      'client-secret': 'marker-secret',
      'refresh-token': 'marker-refresh',
      'id-token': tokenThatExpires(NOW_MS - 1),
      'extra-scopes': 'email,groups',
    }),
  );
  expect(hint).toContain('kubectl oidc-login');
  expect(detail).toBe(
    [
      '- name: "u"',
      '  user:',
      '    exec:',
      '      apiVersion: client.authentication.k8s.io/v1',
      '      command: kubectl',
      '      interactiveMode: IfAvailable',
      '      args:',
      '      - "oidc-login"',
      '      - "get-token"',
      '      - "--oidc-issuer-url=https://idp.example.com"',
      '      - "--oidc-client-id=kubernetes"',
      '      - "--oidc-client-secret=SECRET"',
      '      - "--oidc-extra-scope=email"',
      '      - "--oidc-extra-scope=groups"',
    ].join('\n'),
  );
  expect(`${message}${hint}${detail}`).not.toContain('marker');
});

test('a token of the entry itself is sent in the place of the provider’s', () => {
  expect(resolveAuthProvider('u', oidc({}, { token: 't' }), NOW_MS)).toEqual({});
  expect(resolveAuthProvider('u', oidc({}, { tokenFile: '/t' }), NOW_MS)).toEqual({});
});

test.each([
  ['gcp', 'The gcp auth plugin has been removed.', '"gke-gcloud-auth-plugin"'],
  ['azure', 'The azure auth plugin has been removed.', 'https://github.com/Azure/kubelogin'],
  ['openstack', 'no Auth Provider found for name "openstack"', ''],
])('%s is refused in kubectl’s words, a token beside it or not', (name, words, plugin) => {
  const { message, hint } = failureOf({ token: 't', 'auth-provider': { name } });
  expect(message).toContain(words);
  expect(message).toContain(plugin);
  expect(hint).not.toBe('');
});
