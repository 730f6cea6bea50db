import { describe, expect, test } from 'vitest';
import {
  findItems,
  MOST_FOUND,
  type PaletteSources,
  paletteItems,
  searchItem,
} from '../../../renderer/open/palette-items.ts';
import { contextNamed, podNamed, recordingNamed, sessionNamed } from '../../fakes/page-things.ts';

const target = { context: 'prod', namespace: 'shop', pod: 'web-1', container: 'app' };
const SOURCES: PaletteSources = {
  sessions: [sessionNamed('s1', { target })],
  recents: [target, { ...target, context: 'gone' }],
  pods: [
    { context: 'prod', pod: podNamed('web-1') },
    { context: 'prod', pod: podNamed('job-1', { phase: 'Succeeded', status: 'Completed' }) },
    { context: 'dev', pod: podNamed('web-1', { uid: 'other' }) },
  ],
  recordings: [recordingNamed('r1', { pod: 'web-1', context: 'prod' })],
  contexts: [contextNamed('prod'), contextNamed('dev')],
  commands: [
    { id: 'library', title: 'Open the library', words: 'recordings', icon: 'library', keyName: 'Ctrl+L' },
  ],
  settings: [{ key: 'theme', label: 'Theme' }],
  nowMs: Date.now(),
};
const items = paletteItems(SOURCES);
const groups = (query: string): string[] => findItems(items, query).map(({ item }) => item.group);

test('with nothing typed a few of each kind stand in order, what is open first', () => {
  expect([...new Set(groups(''))]).toEqual([
    'Open sessions',
    'Recent',
    'Pods',
    'Recordings',
    'Contexts',
    'Commands',
  ]);
});

test('of one name, the open session comes before places where one was, pods and recordings', () => {
  expect([...new Set(groups('web'))]).toEqual(['Open sessions', 'Recent', 'Pods', 'Recordings']);
});

test('a place in a context that is no more cannot be opened, so it is not offered', () => {
  expect(items.filter((item) => item.group === 'Recent')).toHaveLength(1);
});

test('words about where something is narrow the rest', () => {
  const found = findItems(items, 'web dev');
  expect(found.map(({ item }) => [item.group, item.context])).toEqual([['Pods', 'dev']]);
  expect(found[0]?.places).toEqual([0, 1, 2]);
});

test('a command is found by words that it does not show', () => {
  expect(findItems(items, 'recordings')[0]?.item.enter).toEqual({ kind: 'command', id: 'library' });
  expect(findItems(items, 'theme')[0]?.item.enter).toEqual({ kind: 'command', id: 'settings' });
});

test('letters from all over a row are no hit', () => {
  expect(findItems(items, 'bdh')).toEqual([]);
});

describe('Enter does the obvious, Alt+Enter the next thing', () => {
  const first = (group: string) => items.find((item) => item.group === group);

  test('for each kind', () => {
    expect([first('Open sessions')?.enter.kind, first('Open sessions')?.next?.deed.kind]).toEqual([
      'session',
      'shell',
    ]);
    expect([first('Pods')?.enter.kind, first('Pods')?.next?.deed.kind]).toEqual(['shell', 'containers']);
    expect([first('Recordings')?.enter.kind, first('Recordings')?.next?.deed.kind]).toEqual([
      'replay',
      'shell',
    ]);
  });

  test('a pod that cannot be entered says why', () => {
    expect(items.find((item) => item.title === 'job-1')?.refusal).toContain('completed');
    expect(items.find((item) => item.title === 'web-1')?.refusal).toBeUndefined();
  });
});

test('two things of one name are two rows', () => {
  expect(new Set(items.map((item) => item.key)).size).toBe(items.length);
});

test('five thousand pods are searched within a frame or two, and the list stays short', () => {
  const pods = Array.from({ length: 5_000 }, (_, index) => ({
    context: 'prod',
    pod: podNamed(`checkout-worker-${index}-6d5f7c9b8-x2v4q`),
  }));
  const many = paletteItems({ ...SOURCES, pods });
  expect(findItems(many, 'chewor')).toHaveLength(MOST_FOUND);
});

test('what is typed can be looked for on the screens of recordings', () => {
  expect(searchItem('refused')).toMatchObject({ enter: { kind: 'search', text: 'refused' } });
});
