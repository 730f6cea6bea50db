import pino from 'pino';
import { expect, test } from 'vitest';
import { createQuit, QUIT_LIMIT_MS, type QuitNeeds } from '../../../../main/hosts/electron/quit.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';
import { until } from '../../../fakes/until.ts';

function start(more: Partial<QuitNeeds> = {}) {
  const clock = createManualClock();
  const answer = Promise.withResolvers<boolean>();
  const ended = Promise.withResolvers<void>();
  const happened: string[] = [];
  let shells: readonly string[] = [];
  const quit = createQuit({
    clock,
    log: pino({ enabled: false }),
    liveShells: () => shells,
    ask(names) {
      happened.push(`asked about ${names.join()}`);
      return answer.promise;
    },
    async end() {
      happened.push('ending');
      await ended.promise;
      happened.push('ended');
    },
    async tell(names) {
      happened.push(`told of ${names.join()}`);
    },
    leave() {
      happened.push(`left ${quit.request('user')}`);
    },
    ...more,
  });
  return {
    quit,
    clock,
    answer,
    ended,
    happened,
    live(...names: readonly string[]) {
      shells = names;
    },
  };
}

test('without a shell nothing is asked, and all is ended first', async () => {
  const { quit, ended, happened } = start();
  expect(quit.request('user')).toBe(false);
  expect(quit.hasBegun()).toBe(true);
  ended.resolve();
  await until(() => happened.length === 3);
  expect(happened).toEqual(['ending', 'ended', 'left true']);
});

test('shells are asked about, and kept where they are wanted; the next quit asks again', async () => {
  const { quit, live, answer, happened } = start();
  live('web in prod');
  expect(quit.request('user')).toBe(false);
  expect(quit.request('user')).toBe(false);
  answer.resolve(false);
  await answer.promise;
  await until(() => {
    quit.request('user');
    return happened.length > 1;
  });
  expect(happened).toEqual(['asked about web in prod', 'asked about web in prod']);
  expect(quit.hasBegun()).toBe(false);
});

test('shells that may end do, once; who quits again does not cut that', async () => {
  const { quit, live, answer, ended, happened } = start();
  live('web in prod', 'api in prod');
  quit.request('user');
  answer.resolve(true);
  await until(() => happened.includes('ending'));
  expect([quit.request('user'), quit.request('system')]).toEqual([false, false]);
  live();
  ended.resolve();
  await until(() => happened.includes('left true'));
  expect(happened).toEqual(['asked about web in prod,api in prod', 'ending', 'ended', 'left true']);
});

test('what is not finished in time is told by name, and then it is over', async () => {
  const { quit, clock, live, answer, happened } = start();
  live('web in prod');
  quit.request('user');
  answer.resolve(true);
  await until(() => happened.includes('ending'));
  await clock.advance(QUIT_LIMIT_MS - 1);
  await Promise.resolve();
  expect(happened).not.toContain('told of web in prod');
  await clock.advance(1);
  await until(() => happened.includes('left true'));
  expect(happened).toEqual(['asked about web in prod', 'ending', 'told of web in prod', 'left true']);
});

test('a late end without a shell left is not told', async () => {
  const { quit, clock, happened } = start();
  quit.request('user');
  await clock.advance(QUIT_LIMIT_MS);
  await until(() => happened.includes('left true'));
  expect(happened).toEqual(['ending', 'left true']);
});

test('a session that ends asks nobody and tells nobody, but finishes', async () => {
  const { quit, clock, live, happened } = start();
  live('web in prod');
  expect(quit.request('system')).toBe(false);
  await until(() => happened.includes('ending'));
  await clock.advance(QUIT_LIMIT_MS);
  await until(() => happened.includes('left true'));
  expect(happened).toEqual(['ending', 'left true']);
});

test('a session that ends while a question stands does not wait for its answer', async () => {
  const { quit, live, answer, ended, happened } = start();
  live('web in prod');
  quit.request('user');
  quit.request('system');
  answer.resolve(true);
  ended.resolve();
  await until(() => happened.includes('left true'));
  expect(happened).toEqual(['asked about web in prod', 'ending', 'ended', 'left true']);
});

test('where nobody can be asked the shells are kept', async () => {
  let asked = 0;
  const { quit, live, happened } = start({
    async ask() {
      asked += 1;
      throw new Error('no display');
    },
  });
  live('web in prod');
  quit.request('user');
  await until(() => {
    quit.request('user');
    return asked > 1;
  });
  expect(happened).toEqual([]);
});
