import { expect, test } from 'vitest';
import {
  changeOf,
  nextShare,
  shareOf,
  splitTags,
  type TagShare,
  tagsOf,
} from '../../../renderer/library/tag-choice.ts';
import { recording } from '../../fakes/recording-info.ts';

test('the tags of a library are told once each, the most used first', () => {
  const all = [{ tags: ['b', 'Incident'] }, { tags: ['incident'] }, {}, { tags: ['a'] }];
  expect(tagsOf(all.map(recording))).toEqual(['Incident', 'a', 'b']);
});

test('several recordings share a tag all, in part or not', () => {
  const asked = [{ tags: ['a', 'B'] }, { tags: ['A'] }];
  expect(['a', 'b', 'c'].map((tag) => shareOf(tag, asked))).toEqual(['all', 'some', 'none']);
});

test('a press goes through what is possible, and back to what was', () => {
  const walk = (first: TagShare): TagShare[] => {
    const steps: TagShare[] = [];
    for (let share = nextShare(first, first); steps.length < 3; share = nextShare(share, first))
      steps.push(share);
    return steps;
  };
  expect(walk('some')).toEqual(['all', 'none', 'some']);
  expect(walk('all')).toEqual(['none', 'all', 'none']);
  expect(walk('none')).toEqual(['all', 'none', 'all']);
});

test('blanks, commas and quotes stand between tags', () => {
  expect(splitTags(' one,two  "three" ')).toEqual(['one', 'two', 'three']);
  expect(splitTags(' , ')).toEqual([]);
});

test('only what was changed is changed', () => {
  const asked = [{ tags: ['a', 'b'] }, { tags: ['a'] }];
  const chosen = new Map<string, TagShare>([
    ['a', 'none'],
    ['b', 'some'],
    ['c', 'all'],
    ['d', 'none'],
  ]);
  expect(changeOf(chosen, asked)).toEqual({ addTags: ['c'], removeTags: ['a'] });
  expect(changeOf(new Map(), asked)).toEqual({});
});
