import { expect, test } from 'vitest';
import { createViewStore } from '../../renderer/store-view.ts';

test('what is said twice stands once, the latest last, four at most', () => {
  const view = createViewStore();
  for (const text of ['a', 'b', 'a', 'c', 'd', 'e']) view.say('owed', text);
  expect(view.said.value.map((one) => one.text)).toEqual(['a', 'c', 'd', 'e']);
});

test('what is dismissed goes, the rest stays', () => {
  const view = createViewStore();
  view.say('lost', 'a', { code: 'x', message: 'why' });
  view.say('owed', 'b');
  const [first] = view.said.value;
  view.dismiss(first?.id ?? -1);
  expect(view.said.value.map((one) => one.text)).toEqual(['b']);
});

test('there is one overlay at a time', () => {
  const view = createViewStore();
  view.overlay.value = { kind: 'palette', query: '' };
  view.overlay.value = { kind: 'keys' };
  view.closeOverlay();
  expect(view.overlay.value.kind).toBe('none');
});
