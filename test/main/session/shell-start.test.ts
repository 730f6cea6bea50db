import { expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { startShell } from '../../../main/session/shell-start.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createScriptedShell } from '../../fakes/scripted-shell.ts';

const PLACE = { server: 'https://demo' };

function start() {
  const clock = createManualClock();
  const shell = createScriptedShell();
  const ending = new AbortController();
  const opening = Promise.resolve({ stream: shell.stream, container: 'app', command: ['sh'], place: PLACE });
  const started = startShell({ clock }, opening, { signal: ending.signal });
  return { clock, shell, started, end: () => ending.abort(new AppError('cancelled', 'closed')) };
}

test('output is the sign of a shell, and is not lost by it', async () => {
  const { shell, started, clock } = start();
  shell.print('$ ');
  const { first } = await started;
  expect(new TextDecoder().decode((await first).value.bytes)).toBe('$ ');
  await new Promise((resolve) => setImmediate(resolve));
  expect(clock.sleepers).toBe(0);
});

test('a shell that says nothing has started when no refusal came in time', async () => {
  const { clock, started } = start();
  await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(300);
  expect(await started).toMatchObject({ container: 'app' });
});

test('a program that could not be started is how it failed', async () => {
  const { shell, started } = start();
  const missing = new AppError('no-shell', 'container app has no sh');
  shell.end({ kind: 'failed', error: missing });
  await expect(started).rejects.toBe(missing);
});

test('one that ran and said nothing was started', async () => {
  const { shell, started } = start();
  shell.end({ kind: 'exited', exitCode: 3 });
  expect((await (await started).first).done).toBe(true);
});

test('one that is not wanted any more is closed', async () => {
  const { shell, started, end } = start();
  await new Promise((resolve) => setImmediate(resolve));
  end();
  await expect(started).rejects.toMatchObject({ code: 'cancelled' });
  expect(shell.isClosed).toBe(true);
});
