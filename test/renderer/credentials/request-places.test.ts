import { describe, expect, test } from 'vitest';
import type { ContextInfo } from '../../../preload/contract.ts';
import {
  isWaitingFor,
  placeRequests,
  type WindowView,
} from '../../../renderer/credentials/request-places.ts';
import { contextNamed, requestNamed, sessionNamed } from '../../fakes/page-things.ts';

const contexts: readonly ContextInfo[] = [
  contextNamed('staging', { user: 'ada' }),
  contextNamed('staging-eu', { user: 'ada' }),
  contextNamed('prod-eu', { user: 'root' }),
  contextNamed('elsewhere', { user: 'ada', kubeconfigPath: '/other' }),
];
const nowhere: WindowView = {
  contexts,
  activeSession: undefined,
  listedContext: undefined,
  questions: [],
};
const login = requestNamed('login', { kind: 'login', context: 'staging' });
const opening = sessionNamed('s1', { state: { kind: 'opening' } });

describe('a login', () => {
  test('fills the tab in front while its shell opens', () => {
    const places = placeRequests([login], { ...nowhere, activeSession: opening, listedContext: 'staging' });
    expect(places).toEqual({ loginInTab: login, loginInPods: undefined, unseen: [], elsewhere: [] });
  });

  test('stands where the pods would be listed, where no opening shell is in front', () => {
    const places = placeRequests([login], {
      ...nowhere,
      activeSession: sessionNamed('s1'),
      listedContext: 'staging',
    });
    expect(places).toEqual({ loginInTab: undefined, loginInPods: login, unseen: [], elsewhere: [] });
  });

  test('of another context shows nowhere, and is told of', () => {
    expect(placeRequests([login], { ...nowhere, listedContext: 'prod-eu' }).unseen).toEqual([login]);
    expect(placeRequests([login], nowhere).unseen).toEqual([login]);
  });

  test('stands with the context it was named for, before one that only shares its user', () => {
    const places = placeRequests([login], {
      ...nowhere,
      activeSession: sessionNamed('s1', {
        state: { kind: 'opening' },
        target: { ...opening.target, context: 'staging-eu' },
      }),
      listedContext: 'staging',
    });
    expect(places).toEqual({ loginInTab: undefined, loginInPods: login, unseen: [], elsewhere: [] });
  });

  test('of each of two contexts has its place', () => {
    const other = requestNamed('other', { kind: 'login', context: 'prod-eu' });
    const places = placeRequests([login, other], {
      ...nowhere,
      activeSession: opening,
      listedContext: 'prod-eu',
    });
    expect(places).toEqual({ loginInTab: login, loginInPods: other, unseen: [], elsewhere: [] });
  });
});

test('what is put off has a bar where it is waited for, and a way in the foot where it is not', () => {
  const one = requestNamed('one', { context: 'staging' });
  const listed = placeRequests([one], { ...nowhere, listedContext: 'staging' });
  expect(listed).toMatchObject({ unseen: [one], elsewhere: [] });
  const inTab = placeRequests([one], { ...nowhere, activeSession: opening });
  expect(inTab).toMatchObject({ unseen: [one], elsewhere: [] });
  const away = placeRequests([one], { ...nowhere, listedContext: 'prod-eu' });
  expect(away).toMatchObject({ unseen: [one], elsewhere: [one] });
});

test('a question is seen while it is put, and told of when it was put off', () => {
  const one = requestNamed('one');
  const two = requestNamed('two');
  expect(placeRequests([one, two], { ...nowhere, questions: [one] }).unseen).toEqual([two]);
  expect(placeRequests([one, two], nowhere).unseen).toEqual([one, two]);
});

test('contexts of one user in one file wait for the same run', () => {
  const waits = (context: string): boolean => isWaitingFor(login, context, contexts);
  expect(waits('staging')).toBe(true);
  expect(waits('staging-eu')).toBe(true);
  expect(waits('prod-eu')).toBe(false);
  expect(waits('elsewhere')).toBe(false);
  expect(waits('unknown')).toBe(false);
  expect(isWaitingFor(requestNamed('r', { context: 'gone' }), 'also-gone', contexts)).toBe(false);
});
