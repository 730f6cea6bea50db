// covers: main/credentials/credentials.ts
// covers: main/credentials/plugin-provider.ts
import { describe, expect, test, vi } from 'vitest';
import type { PluginClusterInfo, PluginConfig } from '../../../main/credentials/credential.ts';
import {
  createTestCredentials,
  ORIGIN,
  printAnswer,
  takeTimers,
  writePlugin,
} from '../../fakes/credentials.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { until } from '../../fakes/until.ts';

const signal = new AbortController().signal;
const cluster = { server: 'https://h' };

/** A room with a clock that is turned by hand, and leave for every plugin that a provider is made for. */
async function createRoom() {
  const clock = createManualClock();
  const { credentials, allow } = await createTestCredentials({ clock });
  return {
    clock,
    async provider(plugin: PluginConfig, of: PluginClusterInfo = cluster, origin = ORIGIN) {
      await allow(plugin, origin);
      return credentials.provider({ exec: plugin }, of, origin);
    },
  };
}

type Room = Awaited<ReturnType<typeof createRoom>>;

/** Each run gives another token, after a moment in which others can come. */
function tokens(clock?: Room['clock'], lifeMs?: number): string {
  const expiry =
    clock && lifeMs !== undefined
      ? { expirationTimestamp: new Date(clock.nowMs() + lifeMs).toISOString() }
      : {};
  return `sleep 0.1\n${printAnswer({ token: 't$RUN', ...expiry })}`;
}

describe.skipIf(process.platform === 'win32')('a plugin’s credential', () => {
  test('ten callers cause one run, and later ones none', async () => {
    const room = await createRoom();
    const { plugin, runs } = await writePlugin(tokens());
    const provider = await room.provider(plugin);
    const got = await Promise.all(Array.from({ length: 10 }, () => provider.current({ signal })));
    expect(new Set(got.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer t1']));
    await provider.current({ signal });
    expect(await runs()).toBe(1);
  });

  test('one that lives long is fetched anew half a minute before it ends', async () => {
    const room = await createRoom();
    const { plugin, runs } = await writePlugin(tokens(room.clock, 3_600_000));
    const provider = await room.provider(plugin);
    await provider.current({ signal });
    await room.clock.advance(3_570_000);
    await provider.current({ signal });
    expect(await runs()).toBe(1);
    await room.clock.advance(1);
    expect((await provider.current({ signal })).authorization).toBe('Bearer t2');
    // What it gave now ends in less than a minute: it is used to its end, not fetched for each request.
    await provider.current({ signal });
    await room.clock.advance(29_999);
    await provider.current({ signal });
    expect(await runs()).toBe(2);
  });

  test('ten refusals of one credential cause one more run, and a stale refusal none', async () => {
    const room = await createRoom();
    const { plugin, runs } = await writePlugin(tokens());
    const provider = await room.provider(plugin);
    const stale = await provider.current({ signal });
    const renewed = await Promise.all(Array.from({ length: 10 }, () => provider.renew(stale, { signal })));
    expect(new Set(renewed.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer t2']));
    expect((await provider.renew(stale, { signal })).authorization).toBe('Bearer t2');
    expect(await runs()).toBe(2);
  });

  test('what is fresh and refused all the same is not fetched again by itself, but for whoever asks', async () => {
    const room = await createRoom();
    const { plugin, runs } = await writePlugin(tokens());
    const provider = await room.provider(plugin);
    const refused = await provider.current({ signal });
    expect(await provider.renew(refused, { signal, isUnattended: true })).toBe(refused);
    expect(await runs()).toBe(1);
    await room.clock.advance(60_000);
    const second = await provider.renew(refused, { signal, isUnattended: true });
    expect(second.authorization).toBe('Bearer t2');
    expect((await provider.renew(second, { signal })).authorization).toBe('Bearer t3');
  });

  test('one caller that gives up does not take the others’ with it; the next after all left starts anew', async () => {
    const room = await createRoom();
    const { plugin, runs } = await writePlugin(tokens());
    const provider = await room.provider(plugin);
    const leaving = new AbortController();
    const left = provider.current({ signal: leaving.signal }).catch((error: Error) => error.message);
    const stays = provider.current({ signal });
    leaving.abort(new Error('tab closed'));
    expect(await left).toBe('tab closed');
    expect((await stays).authorization).toBe('Bearer t1');
    expect(await runs()).toBe(1);
  });

  test('a failure is not kept', async () => {
    const room = await createRoom();
    const { plugin } = await writePlugin(`[ "$RUN" = 1 ] && exit 3\n${tokens()}`);
    const provider = await room.provider(plugin);
    await expect(provider.current({ signal })).rejects.toMatchObject({ code: 'plugin-failed' });
    expect((await provider.current({ signal })).authorization).toBe('Bearer t2');
  });

  test('after three failures in a row it runs only for somebody who asked', async () => {
    const room = await createRoom();
    const { plugin, runs } = await writePlugin('echo expired >&2; exit 1');
    const provider = await room.provider(plugin);
    const unattended = () => provider.current({ signal, isUnattended: true });
    for (let run = 1; run <= 3; run += 1) await expect(unattended()).rejects.toThrow('exit code 1');
    await expect(unattended()).rejects.toMatchObject({
      code: 'plugin-interactive',
      message: expect.stringContaining('not run again by itself'),
      detail: expect.stringContaining('exit code 1'),
    });
    expect(await runs()).toBe(3);
    await expect(provider.current({ signal })).rejects.toThrow('exit code 1');
    expect(await runs()).toBe(4);
  });

  test('after one run that waited in vain it runs only for somebody who asked', async () => {
    const { credentials, allow } = await createTestCredentials();
    const { plugin, runs } = await writePlugin('sleep 600');
    await allow(plugin);
    const provider = credentials.provider({ exec: plugin }, cluster, ORIGIN);
    const unattended = () => provider.current({ signal, isUnattended: true });
    takeTimers();
    const first = expect(unattended()).rejects.toMatchObject({ code: 'plugin-timed-out' });
    await until(async () => (await runs()) === 1);
    vi.advanceTimersByTime(60_000);
    await first;
    await expect(unattended()).rejects.toMatchObject({ code: 'plugin-interactive' });
    expect(await runs()).toBe(1);
  });

  test('who asked is not content with the failure of a run for nobody', async () => {
    const room = await createRoom();
    const { plugin, runs } = await writePlugin(`sleep 0.2\n[ "$RUN" = 1 ] && exit 3\n${tokens()}`);
    const provider = await room.provider(plugin);
    const background = provider
      .current({ signal, isUnattended: true })
      .catch((error: Error) => error.message);
    // Whoever comes first starts the run: let that be the one that nobody asked for.
    await until(async () => (await runs()) === 1);
    const asked = provider.current({ signal });
    expect((await asked).authorization).toBe('Bearer t2');
    expect(await background).toContain('exit code 3');
    expect(await runs()).toBe(2);
  });

  test('leave is not shared with it: a kubeconfig that nobody allowed gets nothing', async () => {
    const { credentials, allow } = await createTestCredentials();
    const { plugin } = await writePlugin(tokens());
    await allow(plugin);
    await credentials.provider({ exec: plugin }, cluster, ORIGIN).current({ signal });
    const other = { context: 'evil', kubeconfigPath: '/tmp/downloaded' };
    const provider = credentials.provider({ exec: plugin }, { server: 'https://evil' }, other);
    await expect(provider.current({ signal })).rejects.toMatchObject({ code: 'plugin-refused' });
  });
});
