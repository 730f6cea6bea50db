import { expect, test } from 'vitest';
import { describeRequest } from '../../../main/kube/request-info.ts';
import { parsePolicyText } from '../../../main/policy/policy-text.ts';
import { findStrictestAnswer } from '../../../main/policy/strictest-answer.ts';
import { findImpersonation, type ImpersonationNeeds } from '../../../main/proxy/policy-impersonation.ts';

const POLICY = `version: 1
rules:
  - name: payments
    match: { namespace: payments, pod: "db-*" }
    impersonate: { user: dba, uid: "7", groups: [dbas], extra: { reason: [tickets] } }
  - name: production
    match: { cluster: "*.prod.example.com:443" }
    impersonate: { user: auditor }
`;

const policy: ImpersonationNeeds = {
  async read() {
    const { rules } = parsePolicyText(POLICY, '/p.yaml');
    return { answer: (target) => findStrictestAnswer(rules, target) };
  },
  describe: (place) => ({ ...place, server: 'c.prod.example.com:443' }),
};

function find(path: string, method = 'GET') {
  return findImpersonation(policy, 'prod', describeRequest(method, path));
}

test('a request is made as the first rule for its place has it', async () => {
  const dba = { user: 'dba', uid: '7', groups: ['dbas'], extra: new Map([['reason', ['tickets']]]) };
  expect(await find('/api/v1/namespaces/payments/pods/db-0')).toEqual(dba);
  expect(await find('/api/v1/namespaces/payments/pods/db-0/exec', 'POST')).toEqual(dba);
  const auditor = { user: 'auditor', groups: [], extra: new Map() };
  expect(await find('/api/v1/namespaces/payments/pods/web-0')).toEqual(auditor);
  expect(await find('/api/v1/namespaces/payments/services/db-0')).toEqual(auditor);
  expect(await find('/version')).toEqual(auditor);
});

test('where no rule says so, a request is made as the context has it', async () => {
  const describe: typeof policy.describe = (place) => ({ ...place, server: 'c.dev.example.com:443' });
  expect(
    await findImpersonation({ ...policy, describe }, 'prod', describeRequest('GET', '/version')),
  ).toBeUndefined();
});

test('a policy that cannot be followed is told with what is not done', async () => {
  const broken: ImpersonationNeeds = {
    ...policy,
    read: async () => ({
      answer(_target, deed) {
        throw new Error(`${deed} until it is mended`);
      },
    }),
  };
  await expect(findImpersonation(broken, 'prod', describeRequest('GET', '/version'))).rejects.toThrow(
    'nothing is asked of a cluster until it is mended',
  );
});
