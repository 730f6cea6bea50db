import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Sidecar } from '../../../../main/recording/recording.ts';
import type { RecordingFacts } from '../../../../main/recording/recording-facts.ts';
import { sidecarPathOf } from '../../../../main/recording/sidecar.ts';
import { createLiveSidecar, type LiveSidecar } from '../../../../main/recording/writing/live-sidecar.ts';
import { beginRecording } from '../../../../main/recording/writing/new-recording.ts';
import { systemRecordingFiles } from '../../../../main/recording/writing/recording-files.ts';
import { makeCastFolder, readSidecar, WEB_SHELL } from '../../../fakes/cast-folder.ts';
import { createManualClock, type ManualClock } from '../../../fakes/manual-clock.ts';
import { until } from '../../../fakes/until.ts';

const files = systemRecordingFiles;
const CLOSED: Sidecar['state'] = {
  kind: 'closed',
  durationMicros: 1,
  bytes: 2,
  lostBytes: 0,
  invalidBytes: 0,
  maskedSpans: 0,
  end: { kind: 'closed' },
};

async function begin(): Promise<{
  readonly sidecar: LiveSidecar;
  readonly path: string;
  readonly clock: ManualClock;
  readonly release: () => Promise<void>;
}> {
  const clock = createManualClock();
  const begun = await beginRecording({ clock, files }, await makeCastFolder(), WEB_SHELL);
  return {
    sidecar: createLiveSidecar({ clock, files }, begun),
    path: begun.path,
    clock,
    async release() {
      await begun.file.close();
      await begun.chainFile.close();
    },
  };
}

test('what becomes known late is in the sidecar of a live recording, and in that of an ended one', async () => {
  const { sidecar, path, release } = await begin();
  sidecar.learn(Promise.resolve({ user: 'ada' }));
  await until(async () => (await readSidecar(path)).details.user === 'ada');
  expect((await readSidecar(path)).state.kind).toBe('live');
  await sidecar.settle(CLOSED);
  await release();
  const settled = await readSidecar(path);
  expect(settled.details).toEqual({ ...WEB_SHELL.details, user: 'ada' });
  expect(settled.state).toEqual(CLOSED);
});

test('the end waits a quarter of a second for facts, and no longer', async () => {
  const { sidecar, path, clock, release } = await begin();
  const coming = Promise.withResolvers<RecordingFacts>();
  sidecar.learn(coming.promise);
  let isSettled = false;
  const settling = sidecar.settle(CLOSED).then(() => {
    isSettled = true;
  });
  await clock.advance(249);
  expect(isSettled).toBe(false);
  await clock.advance(1);
  await settling;
  coming.resolve({ user: 'too late' });
  await coming.promise;
  await release();
  expect((await readSidecar(path)).details).toEqual(WEB_SHELL.details);
});

test('facts that come within that time are in, and what rejects is left out', async () => {
  const { sidecar, path, release } = await begin();
  const coming = Promise.withResolvers<RecordingFacts>();
  sidecar.learn(Promise.reject(new Error('no answer')));
  sidecar.learn(coming.promise);
  const settling = sidecar.settle(CLOSED);
  coming.resolve({ user: 'ada', node: 'node-7' });
  await settling;
  await release();
  expect((await readSidecar(path)).details).toEqual({ ...WEB_SHELL.details, user: 'ada', node: 'node-7' });
});

test('a sidecar that was deleted is written again with all that is known', async () => {
  const { sidecar, path, release } = await begin();
  sidecar.learn(Promise.resolve({ user: 'ada' }));
  await until(async () => (await readSidecar(path)).details.user === 'ada');
  await rm(sidecarPathOf(path));
  await sidecar.putBack();
  await release();
  expect((await readSidecar(path)).details.user).toBe('ada');
});
