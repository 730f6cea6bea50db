// covers: renderer/policy/policy-example.ts
import { expect, test } from 'vitest';
import { parsePolicyText } from '../../../main/policy/policy-text.ts';
import type { PolicyState } from '../../../preload/contract.ts';
import { POLICY_EXAMPLE } from '../../../renderer/policy/policy-example.ts';
import {
  describeKind,
  describeRecorders,
  recorderName,
  recordersOf,
} from '../../../renderer/policy/recorder-words.ts';

type PolicyFile = PolicyState['files'][number];

function fileWith(isLocked: boolean, rules: PolicyFile['rules']): PolicyFile {
  return { path: '/p.yaml', isLocked, state: 'followed', problems: [], rules };
}

const vault = { kind: 'tsrecorder', url: 'http://vault', name: 'vault' } as const;

test('a recorder that several rules name stands there once, with all of them, in the order of its first', () => {
  const state = {
    files: [
      fileWith(true, [
        { name: 'production', match: { context: ['prod-*'] }, says: [], recorders: [vault] },
        { name: 'colours', match: {}, says: [] },
      ]),
      fileWith(false, [
        {
          name: 'payments',
          match: {},
          says: [],
          recorders: [
            { kind: 'asciinema', url: 'https://casts' },
            { ...vault, name: 'the same' },
          ],
        },
      ]),
    ],
  };
  expect(recordersOf(state)).toEqual([
    {
      key: 'tsrecorder http://vault',
      recorder: vault,
      rules: [
        { name: 'production', shells: 'context prod-*', isLocked: true },
        { name: 'payments', shells: 'every shell', isLocked: false },
      ],
    },
    {
      key: 'asciinema https://casts',
      recorder: { kind: 'asciinema', url: 'https://casts' },
      rules: [{ name: 'payments', shells: 'every shell', isLocked: false }],
    },
  ]);
  expect(recordersOf({ files: [] })).toEqual([]);
});

test('a recorder has the name of its rule or its address, and its kind in words', () => {
  const urls = ['https://casts.example.com/', 'wss://casts.example.com/shop', '10.0.0.7:80'];
  expect([vault, ...urls.map((url) => ({ url }))].map(recorderName)).toEqual([
    'vault',
    'casts.example.com',
    'casts.example.com/shop',
    '10.0.0.7:80',
  ]);
  expect((['tsrecorder', 'asciinema', 'alis'] as const).map(describeKind)).toEqual([
    'tsrecorder',
    'asciinema server',
    'asciinema server, live',
  ]);
});

test('what is not known is not told as none', () => {
  expect(describeRecorders({ files: [] })).toContain('stay on this machine');
  expect(
    describeRecorders({ files: [fileWith(true, [{ name: 'a', match: {}, says: [], recorders: [vault] }])] }),
  ).toContain('tried in this order');
  expect(describeRecorders({ files: [{ ...fileWith(true, []), state: 'failed' }] })).toContain(
    'are not known',
  );
});

test('the example is a policy that the core follows', () => {
  const { rules, problems } = parsePolicyText(POLICY_EXAMPLE, 'example.yaml');
  expect(problems).toEqual([]);
  expect(rules).toMatchObject([
    { name: 'production', says: { recording: 'required', recorders: [{ name: 'vault' }] } },
  ]);
});
