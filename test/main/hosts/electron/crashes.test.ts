import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { createLog } from '../../../../main/base/log.ts';
import { type CrashingPage, outliveCrashes } from '../../../../main/hosts/electron/crashes.ts';
import { until } from '../../../fakes/until.ts';

/** The parts of Electron that are used; its window crashes when the test says so. */
function start() {
  const app = Object.assign(new EventEmitter(), { exit: (code?: number) => deeds.push(`exit ${code}`) });
  const process = new EventEmitter();
  const deeds: string[] = [];
  const questions: { message: string; signal: AbortSignal | undefined; answer(response: number): void }[] =
    [];
  let nowMs = 0;
  let isDestroyed = false;
  const contents = Object.assign(new EventEmitter(), {
    loadURL: async (address: string) => void deeds.push(`load ${address}`),
    forcefullyCrashRenderer: () => void deeds.push('crash'),
    isDestroyed: () => isDestroyed,
  }) as CrashingPage & EventEmitter;
  outliveCrashes({
    app,
    process,
    log: createLog({ level: 'silent' }),
    nowMs: () => nowMs,
    logFile: '/home/kubereel.log',
    end: async (failure) => void deeds.push(`end: ${failure.message}`),
    dialog: {
      showErrorBox: (title) => deeds.push(`box: ${title}`),
      // biome-ignore lint/suspicious/noExplicitAny: of two forms only the one without a window is used
      showMessageBox: ({ message, signal }: any) =>
        new Promise((resolve) => {
          const answer = (response: number): void => resolve({ response, checkboxChecked: false });
          signal?.addEventListener('abort', () => answer(0), { once: true });
          questions.push({ message, signal, answer });
        }),
    },
  });
  app.emit('web-contents-created', {}, contents);
  return {
    app,
    process,
    deeds,
    questions,
    contents,
    crash: (reason = 'crashed') => contents.emit('render-process-gone', {}, { reason, exitCode: 139 }),
    pass: (ms: number) => {
      nowMs += ms;
    },
    destroy: () => {
      isDestroyed = true;
    },
  };
}

const LOADED = 'load app://kubereel/#after-crash';

test('a page that has died is loaded again, and one that has ended is not', () => {
  const { crash, deeds, destroy } = start();
  crash('clean-exit');
  expect(deeds).toEqual([]);
  crash('oom');
  expect(deeds).toEqual([LOADED]);
  destroy();
  crash();
  expect(deeds).toEqual([LOADED]);
});

test('one that dies again and again is loaded when somebody says so', async () => {
  const { crash, deeds, questions, pass } = start();
  crash();
  crash();
  crash();
  expect(deeds).toEqual([LOADED, LOADED]);
  expect(questions.map(({ message }) => message)).toEqual(['This window has failed several times']);
  questions[0]?.answer(1);
  await until(() => deeds.length === 3);
  pass(60_000);
  crash();
  expect(deeds).toHaveLength(4);
  expect(questions).toHaveLength(1);
});

test('a page that does not answer is waited for, or loaded again', async () => {
  const { contents, crash, deeds, questions } = start();
  contents.emit('unresponsive');
  expect(questions.map(({ message }) => message)).toEqual(['This window does not answer']);
  contents.emit('responsive');
  expect(questions[0]?.signal?.aborted).toBe(true);
  contents.emit('unresponsive');
  questions[1]?.answer(1);
  await until(() => deeds.includes('crash'));
  crash('killed');
  expect(deeds).toEqual(['crash', LOADED]);
});

test('a helper process that goes takes nothing along', () => {
  const { app, deeds, questions } = start();
  app.emit('child-process-gone', {}, { type: 'GPU', reason: 'crashed', exitCode: 139 });
  expect([...deeds, ...questions]).toEqual([]);
});

test('what nobody caught ends the core, tells it, and leaves with a code that says so', async () => {
  const { process, deeds } = start();
  process.emit('uncaughtException', new Error('secret'));
  await until(() => deeds.includes('exit 1'));
  expect(deeds).toEqual([
    'end: Kubereel ended because of a mistake of its own',
    'box: Kubereel has ended because of a mistake of its own',
    'exit 1',
  ]);
});
