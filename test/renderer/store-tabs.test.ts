import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  activateTab,
  activeTab,
  addTab,
  closeTab,
  digitTab,
  moveTab,
  NO_TABS,
  openTab,
  stepTab,
  type TabContent,
  type Tabs,
} from '../../renderer/store-tabs.ts';

const session = (sessionId: string): TabContent => ({ kind: 'session', sessionId });
const ids = (tabs: Tabs): string[] => tabs.order.map((tab) => tab.id);
const abc = ['a', 'b', 'c'].map(session).reduce(openTab, NO_TABS);

test('a new tab stands right of the active one and is shown', () => {
  const tabs = openTab(activateTab(abc, 'session-a'), session('d'));
  expect(ids(tabs)).toEqual(['session-a', 'session-d', 'session-b', 'session-c']);
  expect(activeTab(tabs)?.id).toBe('session-d');
});

test('what is open already is shown and not opened twice', () => {
  const tabs = openTab(abc, session('a'));
  expect(ids(tabs)).toEqual(ids(abc));
  expect(tabs.activeId).toBe('session-a');
  expect(openTab(openTab(abc, { kind: 'library' }), { kind: 'library' }).order).toHaveLength(4);
});

test('each place that is checked is a tab of its own, whose id can be an element’s', () => {
  const check = (context: string, namespace: string) =>
    ({ kind: 'doctor', question: { context, namespace } }) as const;
  const tabs = [check('prod eu', 'a'), check('prod eu', 'b'), check('prod eu', 'a')].reduce(openTab, NO_TABS);
  expect(tabs.order).toHaveLength(2);
  expect(tabs.order.every(({ id }) => !/\s/.test(id))).toBe(true);
});

test('an added tab leaves what is shown, unless nothing is', () => {
  expect(addTab(abc, session('d')).activeId).toBe('session-c');
  expect(addTab(NO_TABS, session('d')).activeId).toBe('session-d');
});

test('a closed tab gives way to the one used before it', () => {
  const tabs = closeTab(activateTab(activateTab(abc, 'session-a'), 'session-c'), 'session-c');
  expect(tabs.activeId).toBe('session-a');
});

test('closing a tab in the background changes nothing in front', () => {
  expect(closeTab(abc, 'session-a').activeId).toBe('session-c');
  expect(closeTab(abc, 'no such tab')).toEqual(abc);
});

test('steps go around the ends', () => {
  expect(stepTab(abc, 1).activeId).toBe('session-a');
  expect(stepTab(stepTab(abc, 1), -1).activeId).toBe('session-c');
  expect(stepTab(NO_TABS, 1)).toBe(NO_TABS);
});

test('digits count from the left, nine is the last', () => {
  expect(digitTab(abc, 2).activeId).toBe('session-b');
  expect(digitTab(abc, 9).activeId).toBe('session-c');
  expect(digitTab(abc, 7)).toBe(abc);
});

test('a tab can be moved to any place', () => {
  expect(ids(moveTab(abc, 'session-c', 0))).toEqual(['session-c', 'session-a', 'session-b']);
  expect(ids(moveTab(abc, 'session-a', 9))).toEqual(['session-b', 'session-c', 'session-a']);
});

test('whatever is done, what is shown is open, each tab is there once, and one is shown while any is open', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const deed = fc.oneof(
    name.map((one) => (tabs: Tabs) => openTab(tabs, session(one))),
    name.map((one) => (tabs: Tabs) => addTab(tabs, session(one))),
    name.map((one) => (tabs: Tabs) => closeTab(tabs, `session-${one}`)),
    name.map((one) => (tabs: Tabs) => activateTab(tabs, `session-${one}`)),
    fc.tuple(name, fc.nat(5)).map(
      ([one, place]) =>
        (tabs: Tabs) =>
          moveTab(tabs, `session-${one}`, place),
    ),
    fc.constantFrom(1 as const, -1 as const).map((step) => (tabs: Tabs) => stepTab(tabs, step)),
  );
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 30 }), (deeds) => {
      const tabs = deeds.reduce((before, next) => next(before), NO_TABS);
      expect(new Set(ids(tabs)).size).toBe(tabs.order.length);
      expect(tabs.order.length === 0).toBe(activeTab(tabs) === undefined);
    }),
  );
});

test('a replay that is open already is led to the moment that is asked for', () => {
  const at = { timeMicros: 5, text: 'error' };
  const opened = openTab(NO_TABS, { kind: 'replay', recordingId: 'r1' });
  const led = openTab(opened, { kind: 'replay', recordingId: 'r1', at });
  expect(led.order).toEqual([{ id: 'replay-r1', content: { kind: 'replay', recordingId: 'r1', at } }]);
  // Shown again without a moment, it stays where it is.
  expect(openTab(led, { kind: 'replay', recordingId: 'r1' }).order).toEqual(led.order);
});
