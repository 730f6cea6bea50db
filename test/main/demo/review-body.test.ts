import { expect, test } from 'vitest';
import { parseAccessReview } from '../../../main/demo/review-body.ts';

const QUESTION = {
  namespace: 'shop',
  verb: 'create',
  group: '',
  resource: 'pods',
  subresource: 'exec',
  name: '',
};

/** What `kubectl auth can-i create pods --subresource=exec` of version 1.33 sends. */
const KUBECTL_BODY = Buffer.from(
  '6b3873000a320a17617574686f72697a6174696f6e2e6b38732e696f2f76311217' +
    '53656c665375626a65637441636365737352657669657712400a100a0012001a00' +
    '22002a003200380042001222' +
    '0a200a0473686f7012066372656174651a0022002a04706f64733204657865633a001a08080012001a0020001a002200',
  'hex',
);

function parseJson(value: unknown): ReturnType<typeof parseAccessReview> {
  return parseAccessReview(Buffer.from(JSON.stringify(value)), 'application/json');
}

test('understands the binary body of a real kubectl', () => {
  expect(parseAccessReview(KUBECTL_BODY, 'application/vnd.kubernetes.protobuf')).toEqual({
    resourceAttributes: QUESTION,
  });
});

test('understands JSON, with what is left out being empty', () => {
  const given = { namespace: 'shop', verb: 'create', resource: 'pods', subresource: 'exec' };
  expect(parseJson({ spec: { resourceAttributes: given } })).toEqual({ resourceAttributes: QUESTION });
  expect(parseJson({ spec: { nonResourceAttributes: { path: '/version', verb: 'get' } } })).toEqual({
    nonResourceAttributes: { path: '/version', verb: 'get' },
  });
});

test('a body that is no review is a bad request', () => {
  const words = 'cannot be handled as a SelfSubjectAccessReview';
  expect(() => parseJson({})).toThrow(words);
  expect(() => parseJson({ spec: { resourceAttributes: { verb: 1 } } })).toThrow(words);
  expect(() => parseAccessReview(Buffer.from('{'), 'application/json')).toThrow(words);
  expect(() => parseAccessReview(Buffer.from('{}'), 'application/vnd.kubernetes.protobuf')).toThrow(words);
});
