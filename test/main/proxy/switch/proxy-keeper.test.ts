import { createServer } from 'node:http';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Clock, createSystemClock } from '../../../../main/base/clock.ts';
import { AppError } from '../../../../main/base/errors.ts';
import { createEmitter } from '../../../../main/base/event.ts';
import { createLifetime, type Lifetime } from '../../../../main/base/lifetime.ts';
import { listenOnLoopback } from '../../../../main/base/loopback.ts';
import {
  keepProxy,
  type ProxyKeeper,
  type ProxyKeeperNeeds,
} from '../../../../main/proxy/switch/proxy-keeper.ts';
import type { EnabledContext, ProxyState } from '../../../../main/proxy/switch/proxy-state.ts';
import { until } from '../../../fakes/until.ts';

const PROD: EnabledContext = { name: 'prod', secret: 's'.repeat(43) };

/** A home: what is on its disk, and which ports its processes have. */
interface Home {
  state: ProxyState | undefined;
  unreadable: AppError | undefined;
  readonly changed: ReturnType<typeof createEmitter<void>>;
  readonly listening: Set<number>;
  processId: number | undefined;
  set(state: ProxyState | undefined): void;
}

interface Process {
  readonly keeper: ProxyKeeper;
  readonly life: Lifetime;
  /** Who is let in now. */
  allowed(): readonly string[];
  readonly starts: number[];
}

/** Who waits for another one's end looks soon; what goes by notices waits as long as ever. */
const system = createSystemClock();
const clock: Pick<Clock, 'sleep'> = {
  sleep: (ms, options) => system.sleep(ms > 1_000 ? ms : ms / 50, options),
};

const processes: Lifetime[] = [];
afterEach(async () => {
  await Promise.all(processes.splice(0).map((life) => life.end()));
});

function newHome(): Home {
  const changed = createEmitter<void>();
  const home: Home = {
    state: undefined,
    unreadable: undefined,
    changed,
    listening: new Set(),
    processId: undefined,
    set(state) {
      home.state = state;
      changed.fire();
    },
  };
  return home;
}

function stateWith(contexts: readonly EnabledContext[], port: number): ProxyState {
  return { port, contexts, certificates: { authority: '', certificate: 'first', privateKey: '' } };
}

function startProcess(home: Home, processId: number, changes: Partial<ProxyKeeperNeeds> = {}): Process {
  const life = createLifetime(`process ${processId}`);
  processes.push(life);
  const starts: number[] = [];
  let contextsNow = (): readonly EnabledContext[] => [];
  const keeper = keepProxy(
    {
      clock,
      store: {
        async refresh() {
          if (home.unreadable) throw home.unreadable;
          return home.state;
        },
        async leavePort(taken) {
          if (home.state?.port === taken) home.state = { ...home.state, port: taken + 1 };
          return home.state;
        },
        watch: home.changed.event,
      },
      runner: {
        async announce() {
          home.processId = processId;
        },
        async withdraw() {
          if (home.processId === processId) home.processId = undefined;
        },
        find: async () =>
          home.processId === undefined
            ? undefined
            : { hostName: 'here', processId: home.processId, processStartedAtMs: 1 },
      },
      async start({ port }, contexts) {
        starts.push(port);
        const server = createServer();
        await listenOnLoopback(server, port);
        home.listening.add(port);
        contextsNow = contexts;
        return {
          retain: async () => {},
          async stop() {
            home.listening.delete(port);
            await new Promise((resolve) => server.close(resolve));
          },
        };
      },
      answersAsProxy: async ({ port }) => home.listening.has(port),
      ...changes,
    },
    life,
  );
  return { keeper, life, starts, allowed: () => contextsNow().map(({ name }) => name) };
}

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOnLoopback(server, 0);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const isKind =
  ({ keeper }: Process, kind: string) =>
  (): boolean =>
    keeper.snapshot().run.kind === kind;

test('it runs while a context is enabled, and only then', async () => {
  const home = newHome();
  const one = startProcess(home, 1);
  await until(isKind(one, 'off'));
  home.set(stateWith([PROD], await freePort()));
  await until(isKind(one, 'running'));
  expect(one.allowed()).toEqual(['prod']);
  home.set(stateWith([], home.state?.port ?? 0));
  await until(isKind(one, 'off'));
  expect([...home.listening]).toEqual([]);
  expect(one.allowed()).toEqual([]);
});

test('who is let in follows the file, without another start', async () => {
  const home = newHome();
  const port = await freePort();
  home.set(stateWith([PROD], port));
  const one = startProcess(home, 1);
  await until(isKind(one, 'running'));
  home.set(stateWith([PROD, { ...PROD, name: 'staging' }], port));
  await until(() => one.allowed().length === 2);
  home.set(stateWith([{ ...PROD, name: 'staging' }], port));
  await until(() => !one.allowed().includes('prod'));
  expect(one.starts).toEqual([port]);
});

test('of two processes one runs it; the other says who, and takes over when that ends', async () => {
  const home = newHome();
  home.set(stateWith([PROD], await freePort()));
  const one = startProcess(home, 1);
  await until(isKind(one, 'running'));
  const other = startProcess(home, 2);
  await until(isKind(other, 'elsewhere'));
  expect(other.keeper.snapshot().run).toEqual({ kind: 'elsewhere', port: home.state?.port, processId: 1 });
  await one.life.end();
  await until(isKind(other, 'running'));
  expect(home.processId).toBe(2);
});

test('a port that another program has is left for another one', async () => {
  const home = newHome();
  const stranger = createServer();
  onTestFinished(() => void stranger.close());
  const port = await listenOnLoopback(stranger, 0);
  home.set(stateWith([PROD], port));
  const one = startProcess(home, 1);
  await until(
    () => one.keeper.snapshot().run.kind === 'running' || one.keeper.snapshot().run.kind === 'failed',
  );
  expect(one.keeper.snapshot().run).toMatchObject({ kind: 'running', port: home.state?.port });
  expect(home.state?.port).not.toBe(port);
});

test('with a new certificate it is started anew', async () => {
  const home = newHome();
  const port = await freePort();
  home.set(stateWith([PROD], port));
  const one = startProcess(home, 1);
  await until(isKind(one, 'running'));
  home.set({
    ...stateWith([PROD], port),
    certificates: { authority: '', certificate: 'second', privateKey: '' },
  });
  await until(() => one.starts.length === 2 && isKind(one, 'running')());
});

describe('what fails', () => {
  test('a file that cannot be read lets nobody in, and the reason is told', async () => {
    const home = newHome();
    home.set(stateWith([PROD], await freePort()));
    const one = startProcess(home, 1);
    await until(isKind(one, 'running'));
    home.unreadable = new AppError('proxy-failed', 'proxy.json cannot be read');
    home.changed.fire();
    await until(isKind(one, 'failed'));
    expect(one.allowed()).toEqual([]);
    home.unreadable = undefined;
    await one.keeper.look();
    expect(one.keeper.snapshot().run.kind).toBe('running');
    expect(one.allowed()).toEqual(['prod']);
  });

  test('another failure of the start is told, and tried again', async () => {
    const home = newHome();
    home.set(stateWith([PROD], await freePort()));
    let tries = 0;
    const one = startProcess(home, 1, {
      clock: { sleep: () => new Promise((resolve) => setImmediate(resolve)) },
      async start() {
        tries += 1;
        if (tries < 3) throw new AppError('proxy-failed', `try ${tries}`);
        return { retain: async () => {}, stop: async () => {} };
      },
    });
    const told: string[] = [];
    one.keeper.onChanged(() => {
      const run = one.keeper.snapshot().run;
      told.push(run.kind === 'failed' ? run.error.message : run.kind);
    });
    await until(isKind(one, 'running'));
    expect(told).toEqual(['try 1', 'try 2', 'running']);
  });
});
