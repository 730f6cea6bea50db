import { expect, test } from 'vitest';
import {
  checkAccess,
  checkIdentity,
  isAllowed,
  reviewAccess,
  reviewIdentity,
} from '../../../main/demo/access.ts';

const TOKEN = 'right-token';
const QUESTION = {
  verb: 'get',
  group: '',
  resource: 'pods',
  subresource: '',
  namespace: 'shop',
  name: '',
};

test('the right bearer token is let in', () => {
  expect(() => checkIdentity({ authorization: `Bearer ${TOKEN}` }, TOKEN)).not.toThrow();
  expect(() => checkIdentity({ authorization: `bearer ${TOKEN}` }, TOKEN)).not.toThrow();
});

test.each([undefined, '', TOKEN, 'Bearer', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`, `Bearer ${TOKEN} more`])(
  'the authorization %j is refused',
  (authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    expect(() => checkIdentity(headers, TOKEN)).toThrow('Unauthorized');
  },
);

test('a wish to be somebody else is refused rather than ignored', () => {
  const headers = { authorization: `Bearer ${TOKEN}`, 'impersonate-user': 'bob' };
  expect(() => checkIdentity(headers, TOKEN)).toThrow(
    'users "bob" is forbidden: User "demo" cannot impersonate',
  );
});

test('the user works in its own namespaces and only looks at the system', () => {
  const exec = { ...QUESTION, subresource: 'exec' };
  for (const verb of ['get', 'create']) {
    expect(isAllowed({ ...exec, verb })).toBe(true);
    expect(isAllowed({ ...exec, verb, namespace: 'kube-system' })).toBe(false);
  }
  expect(isAllowed({ ...QUESTION, verb: 'list', namespace: 'kube-system' })).toBe(true);
  expect(isAllowed({ ...QUESTION, verb: 'delete', namespace: 'kube-system' })).toBe(false);
  expect(isAllowed({ ...QUESTION, resource: 'secrets' })).toBe(false);
  expect(isAllowed({ ...QUESTION, group: 'apps' })).toBe(false);
});

test('the check refuses with a 403 what the review denies', () => {
  expect(() => checkAccess({ ...QUESTION, resource: 'secrets' })).toThrow('cannot get resource "secrets"');
  expect(() => checkAccess(QUESTION)).not.toThrow();
});

test('a review answers by the same rules, and repeats the question', () => {
  const allowed = reviewAccess({ resourceAttributes: QUESTION });
  expect(allowed).toMatchObject({
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: QUESTION },
    status: { allowed: true },
  });
  const denied = reviewAccess({
    resourceAttributes: { ...QUESTION, namespace: 'kube-system', subresource: 'exec' },
  });
  expect(denied).toMatchObject({ status: { allowed: false } });
  expect(reviewAccess({ nonResourceAttributes: { path: '/version', verb: 'get' } })).toMatchObject({
    status: { allowed: true },
  });
  expect(reviewAccess({})).toMatchObject({ status: { allowed: false } });
});

test('an identity review names the user and its groups', () => {
  expect(reviewIdentity('2026-01-02T03:04:05Z')).toMatchObject({
    kind: 'SelfSubjectReview',
    status: { userInfo: { username: 'demo', groups: expect.arrayContaining(['system:authenticated']) } },
  });
});
