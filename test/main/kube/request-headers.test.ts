import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Impersonation } from '../../../main/kube/kubeconfig.ts';
import { createIdentityHeaders } from '../../../main/kube/request-headers.ts';
import { createContext } from '../../fakes/kube-access.ts';

const credential = { authorization: 'Bearer t' };

function headersFor(impersonation: Partial<Impersonation>, server = 'https://h') {
  const whole = { user: 'ann', groups: [], extra: new Map(), ...impersonation };
  return createIdentityHeaders({ ...createContext(server), impersonation: whole }, credential);
}

test('who we are, and as whom we ask', () => {
  expect(createIdentityHeaders(createContext('https://h'), credential)).toEqual({
    authorization: 'Bearer t',
  });
  expect(createIdentityHeaders(createContext('https://h'), {})).toEqual({});
  expect(headersFor({ uid: '7', groups: ['dev', 'ops'] })).toEqual({
    authorization: 'Bearer t',
    'impersonate-user': 'ann',
    'impersonate-uid': '7',
    'impersonate-group': ['dev', 'ops'],
  });
});

test('an http address gets no credential, but hears as whom we ask, as from kubectl', () => {
  expect(headersFor({ groups: ['dev'] }, 'http://h')).toEqual({
    'impersonate-user': 'ann',
    'impersonate-group': ['dev'],
  });
});

test('keys are escaped byte by byte; those that differ in case are one', () => {
  const extra = new Map([
    ['Scopes/x y', ['a', 'b']],
    ['scopes/X y', ['c']],
    ['100%', ['d']],
    ['é', ['e']],
    ['none', []],
  ]);
  expect(headersFor({ extra })).toEqual({
    authorization: 'Bearer t',
    'impersonate-user': 'ann',
    'impersonate-extra-scopes%2fx%20y': ['a', 'b', 'c'],
    'impersonate-extra-100%25': ['d'],
    'impersonate-extra-%c3%a9': ['e'],
  });
});

test('any key is a header name, and the server reads it as it was but for its case', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (key) => {
      const [name = ''] = Object.keys(headersFor({ extra: new Map([[key, ['v']]]) })).slice(-1);
      expect(name).toMatch(/^impersonate-extra-[!#$%&'*+\-.^_`|~0-9a-z]+$/);
      const bytes = name
        .slice('impersonate-extra-'.length)
        .replaceAll(/%([0-9a-f]{2})/g, (_code, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
      const ofAscii = key.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
      expect(Buffer.from(bytes, 'latin1').toString('utf8')).toBe(ofAscii);
    }),
  );
});

test('names are sent as UTF-8', () => {
  const { 'impersonate-user': user } = headersFor({ user: 'dörte' });
  expect(Buffer.from(String(user), 'latin1').toString('utf8')).toBe('dörte');
});

test('a value that would break the line is refused, and not quoted', () => {
  const refusal = { code: 'context-unusable', message: expect.not.stringContaining('evil') };
  expect(() => headersFor({ groups: ['a\r\nx-evil: 1'] })).toThrow(expect.objectContaining(refusal));
  const broken = { authorization: 'Bearer a\nevil' };
  expect(() => createIdentityHeaders(createContext('https://h'), broken)).toThrow(
    expect.objectContaining(refusal),
  );
});
