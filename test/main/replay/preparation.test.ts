import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEmitter } from '../../../main/base/event.ts';
import { createLifetime, type Lifetime } from '../../../main/base/lifetime.ts';
import type { LibraryChange } from '../../../main/library/library.ts';
import type { Recording } from '../../../main/library/recording.ts';
import { createPreparation, type Preparation } from '../../../main/replay/preparation.ts';
import { until } from '../../fakes/until.ts';

const FROM_BYTES = 1_000;

let life: Lifetime;
beforeEach(() => {
  life = createLifetime('preparation');
});
afterEach(() => life.end());

function recordingOf(recordingId: string, more: Partial<Recording> = {}): Recording {
  return {
    recordingId,
    path: `/none/${recordingId}.cast`,
    context: '',
    namespace: '',
    pod: '',
    container: '',
    command: [],
    startedAtMs: 0,
    durationMicros: 0,
    bytes: FROM_BYTES,
    size: { cols: 80, rows: 24 },
    state: 'closed',
    ...more,
  };
}

interface Stage {
  readonly preparation: Preparation;
  readonly begun: string[];
  readonly done: Set<string>;
  change(change: LibraryChange): void;
  /** The survey that is under way ends; by itself it does only when it is given up. */
  finish(): void;
}

function makeStage(recordings: readonly Recording[]): Stage {
  const changed = createEmitter<LibraryChange>();
  const begun: string[] = [];
  const done = new Set<string>();
  let finish = (): void => {};
  const preparation = createPreparation(
    {
      library: { list: async () => recordings, onChanged: changed.event },
      isDone: async ({ recordingId }) => done.has(recordingId),
      survey: ({ recordingId }, { signal }) =>
        new Promise((resolve) => {
          begun.push(recordingId);
          signal.addEventListener('abort', () => resolve(), { once: true });
          finish = () => {
            done.add(recordingId);
            resolve();
          };
        }),
      fromBytes: FROM_BYTES,
    },
    life,
  );
  return { preparation, begun, done, change: (change) => changed.fire(change), finish: () => finish() };
}

test('long recordings are surveyed one at a time, the newest first; others are not', async () => {
  const stage = makeStage([
    recordingOf('old', { startedAtMs: 1 }),
    recordingOf('new', { startedAtMs: 2 }),
    recordingOf('short', { bytes: FROM_BYTES - 1 }),
    recordingOf('live', { state: 'live' }),
    recordingOf('unreadable', { state: 'unreadable' }),
    recordingOf('known', { startedAtMs: 3 }),
  ]);
  stage.done.add('known');
  const ended = stage.preparation.start();
  await until(() => stage.begun.length > 0);
  expect(stage.begun).toEqual(['new']);
  stage.finish();
  await until(() => stage.begun.length > 1);
  stage.finish();
  await ended;
  expect(stage.begun).toEqual(['new', 'old']);
});

test('it gives way, and goes on later where it left off', async () => {
  const stage = makeStage([recordingOf('one')]);
  const ended = stage.preparation.start();
  await until(() => stage.begun.length === 1);
  stage.preparation.giveWay();
  await until(() => stage.begun.length === 2);
  stage.finish();
  await ended;
  expect(stage.begun).toEqual(['one', 'one']);
});

test('a recording is surveyed when it has ended, and left alone when it has gone', async () => {
  const stage = makeStage([]);
  await stage.preparation.start();
  const live = recordingOf('session', { state: 'live' });
  stage.change({ kind: 'put', recording: live });
  stage.change({ kind: 'put', recording: { ...live, state: 'closed' } });
  await until(() => stage.begun.length === 1);
  stage.change({ kind: 'put', recording: recordingOf('next') });
  stage.change({ kind: 'removed', recordingId: 'session' });
  await until(() => stage.begun.length === 2);
  stage.finish();
  expect(stage.begun).toEqual(['session', 'next']);
});
