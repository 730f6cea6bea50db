import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesQuery } from '../../../preload/recording-query.ts';
import { parseRecordingQuery } from '../../../preload/recording-query-text.ts';
import { applyOption, completeFilter } from '../../../renderer/library/filter-completion.ts';
import { recording } from '../../fakes/recording-info.ts';

const all = [
  recording({ recordingId: 'a', pod: 'api-0', exitCode: 0, tags: ['incident'] }),
  recording({ recordingId: 'b', pod: 'api-1', exitCode: 137, isPinned: true }),
  recording({ recordingId: 'c', pod: 'api-1', state: 'live', context: 'my prod' }),
  recording({ recordingId: 'd', pod: 'web-api', isOwed: true }),
];
const offered = (text: string): readonly string[] | undefined =>
  completeFilter(text, text.length, all)?.options.map((option) => `${option.text} ${option.note}`.trim());

test('the names of filters are offered from their first letter on', () => {
  expect(offered('s')?.map((one) => one.split(' ')[0])).toEqual(['state:', 'since:', 'shorter:']);
  expect(offered('free words -na')).toEqual(['-namespace: namespace, ns: for short']);
  expect(completeFilter('s', 1, all)?.isSure).toBe(false);
});

test('nothing is offered for nothing, for free words, or in the middle of a word', () => {
  expect(['', 'pod:api-0 ', 'xyz', 'pod:a*', 'since:soon'].map(offered)).toEqual(Array(5).fill(undefined));
  expect(completeFilter('state:', 2, all)).toBeUndefined();
});

test('values come with how many have them: those that begin so first, and a pattern for all of them', () => {
  expect(offered('pod:')).toEqual(['pod:api-1 2', 'pod:api-0 1', 'pod:web-api 1']);
  expect(offered('pod:API')).toEqual([
    'pod:*API* 4, all of these',
    'pod:api-1 2',
    'pod:api-0 1',
    'pod:web-api 1',
  ]);
  expect(offered('context:my')).toEqual(['context:"my prod" 1']);
  expect(offered('tag:')).toEqual(['tag:incident 1']);
  expect(offered('is:')).toEqual(['is:pinned 1']);
  expect(offered('state:not')).toEqual(['state:not-uploaded 1']);
  expect(offered('exit:')).toEqual([
    'exit:ok 1',
    'exit:failed 1',
    'exit:unknown 1',
    'exit:0 1',
    'exit:137 1',
  ]);
  expect(offered('since:7')).toEqual(['since:7d']);
});

test('a value that stands there whole is what Enter means', () => {
  expect(completeFilter('pod:web-api', 11, all)).toBeUndefined();
  expect(completeFilter('pod:api-1', 9, [...all, recording({ pod: 'api-10' })])?.isSure).toBe(false);
  expect(completeFilter('pod:api', 7, all)?.isSure).toBe(true);
});

test('an option takes the place of its word, and one goes on typing behind it', () => {
  expect(applyOption('web sta', { from: 4, to: 7 }, 'state:')).toEqual({ text: 'web state:', cursor: 10 });
  expect(applyOption('pod:a  tag:x', { from: 0, to: 5 }, 'pod:api-0')).toEqual({
    text: 'pod:api-0 tag:x',
    cursor: 10,
  });
});

test('a value of any name that is offered finds its recording', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (pod) => {
      const named = recording({ pod });
      const [option] = completeFilter('pod:', 4, [named])?.options ?? [];
      const { query, problems } = parseRecordingQuery(option?.text ?? '', { nowMs: 0 });
      expect(problems).toEqual([]);
      expect(query.pods).toHaveLength(1);
      expect(matchesQuery(query, named)).toBe(true);
    }),
  );
});
