// covers: main/replay/survey-thread.ts
// covers: main/replay/survey-worker.ts
import { describe, expect, test } from 'vitest';
import type { CastEvent } from '../../../main/recording/cast/cast.ts';
import { readCast } from '../../../main/recording/cast/cast-reader.ts';
import { createReplayTerminal, type ReplayTerminal } from '../../../main/replay/replay-terminal.ts';
import { type Keyframe, type SurveyProgress, surveyCast, unpackState } from '../../../main/replay/survey.ts';
import { surveyInThread } from '../../../main/replay/survey-thread.ts';
import type { Timeline } from '../../../main/replay/timeline.ts';
import { pathOfRealRecording, REAL_PROGRAMS, readRealRecording } from '../../fakes/real-recordings.ts';
import { describeScreen } from '../../fakes/screen-state.ts';

const { signal } = new AbortController();

interface Surveyed {
  readonly keyframes: readonly Keyframe[];
  readonly timeline: Timeline;
}

async function surveyAll(
  program: (typeof REAL_PROGRAMS)[number],
  spacingBytes: number,
  { keyframe, timeline }: { readonly keyframe?: Keyframe; readonly timeline?: Timeline } = {},
): Promise<Surveyed> {
  const path = pathOfRealRecording(program);
  const { header } = await readRealRecording(program);
  const progress: SurveyProgress[] = [];
  const needs = {
    read: (fromOffset: number) => readCast(path, { fromOffset, signal }),
    nowMs: () => performance.now(),
  };
  const start = { size: header.size, spacingBytes, keyframe, timeline };
  for await (const part of surveyCast(needs, start)) progress.push(part);
  const last = progress.at(-1);
  if (!last) throw new Error('it told nothing');
  return { keyframes: progress.flatMap(({ keyframes }) => keyframes), timeline: last.timeline };
}

async function screenOf(terminal: ReplayTerminal): Promise<object> {
  await terminal.settle();
  return describeScreen(terminal.terminal);
}

/** As a player does: from the last keyframe up to that time, then on. */
async function showFrom(
  terminal: ReplayTerminal,
  path: string,
  keyframe: Keyframe | undefined,
  isWanted: (event: CastEvent, offset: number) => boolean,
): Promise<void> {
  if (keyframe) await terminal.restore(await unpackState(keyframe), keyframe.size);
  for await (const item of readCast(path, { fromOffset: keyframe?.offset ?? 0, signal })) {
    if (item.kind !== 'event') continue;
    if (!isWanted(item.event, item.offset)) break;
    await terminal.show(item.event);
  }
}

describe('the screen after a seek to an event', () => {
  for (const program of REAL_PROGRAMS) {
    test(`${program}: is the screen after a replay up to it, at every event`, async () => {
      const path = pathOfRealRecording(program);
      const { header } = await readRealRecording(program);
      const { keyframes } = await surveyAll(program, 1);
      const played = createReplayTerminal(header.size);
      let compared = 0;
      for await (const item of readCast(path, { signal })) {
        if (item.kind !== 'event') continue;
        await played.show(item.event);
        const sought = createReplayTerminal(header.size);
        const keyframe = keyframes.findLast(({ offset }) => offset <= item.offset);
        await showFrom(sought, path, keyframe, (_, offset) => offset <= item.offset);
        expect(await screenOf(sought), `event at byte ${item.offset}`).toEqual(await screenOf(played));
        sought.dispose();
        compared += 1;
      }
      played.dispose();
      expect(compared).toBeGreaterThan(15);
      expect(keyframes.length).toBeGreaterThan(compared / 2);
    });
  }
});

describe('a survey', () => {
  test('puts keyframes so far apart as is asked, in order', async () => {
    const { keyframes } = await surveyAll('top', 20_000);
    const offsets = keyframes.map(({ offset }) => offset);
    expect(offsets.length).toBeGreaterThan(2);
    for (const [index, offset] of offsets.entries()) {
      expect(offset - (offsets[index - 1] ?? 0)).toBeGreaterThanOrEqual(20_000);
    }
  });

  test('hands out states that keep no other memory alive than their own', async () => {
    const { keyframes } = await surveyAll('vim', 10_000);
    expect(keyframes.length).toBeGreaterThan(0);
    for (const { state } of keyframes) expect(state.buffer.byteLength).toBe(state.length);
  });

  test('goes on from an earlier one, and comes to the same', async () => {
    const whole = await surveyAll('vim', 4_000);
    const third = whole.keyframes[2];
    if (!third) throw new Error('too few keyframes');
    const rest = await surveyAll('vim', 4_000, { keyframe: third });
    expect(rest.keyframes).toEqual(whole.keyframes.slice(3));
  });

  test('in a thread comes to the same', async () => {
    const progress: SurveyProgress[] = [];
    await surveyInThread(
      {},
      { path: pathOfRealRecording('less'), spacingBytes: 2_000 },
      (part) => progress.push(part),
      { signal },
    );
    const here = await surveyAll('less', 2_000);
    expect(progress.at(-1)?.timeline).toEqual(here.timeline);
    const states = progress.flatMap(({ keyframes }) => keyframes);
    expect(await Promise.all(states.map(unpackState))).toEqual(
      await Promise.all(here.keyframes.map(unpackState)),
    );
  });

  test('in a thread says what cannot be read, and ends when nobody wants it', async () => {
    const order = { path: `${pathOfRealRecording('less')}.none`, spacingBytes: 1 };
    await expect(surveyInThread({}, order, () => {}, { signal })).rejects.toMatchObject({
      code: 'recording-not-found',
    });
    const controller = new AbortController();
    const survey = surveyInThread(
      {},
      { path: pathOfRealRecording('top'), spacingBytes: 1 },
      () => controller.abort(),
      { signal: controller.signal },
    );
    controller.abort();
    await expect(survey).rejects.toMatchObject({ code: 'cancelled' });
  });
});
