import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RefusedPage } from '../../../main/agent/agent-door.ts';
import { createOrigins, type Origins } from '../../../main/agent/origins.ts';
import { createSystemClock } from '../../../main/base/clock.ts';
import { createEmitter } from '../../../main/base/event.ts';
import { watchFiles } from '../../../main/base/file-watch.ts';
import { answerOrigins, followOrigins } from '../../../main/bridge/origins.ts';
import type { OriginsInfo } from '../../../preload/contract-elsewhere.ts';
import { startTestCore } from '../../fakes/core.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../../fakes/temporary-folder.ts';
import { until } from '../../fakes/until.ts';

const CONSOLE = 'https://console.example';
let folder: TemporaryFolder;
let origins: Origins;

beforeEach(async () => {
  folder = await makeTemporaryFolder('origins');
  const file = join(folder.path, 'origins.json');
  origins = createOrigins({ clock: createSystemClock(), file, watchFiles });
});
afterEach(() => folder.remove());

test('a page of the app allows and removes pages; every window is told, and of no token', async () => {
  const started = await startTestCore();
  const [client, other] = [started.connect(), started.connect()];
  const told: OriginsInfo[] = [];
  other.on('origins.changed', (info) => told.push(info));
  expect(await client.call('origins.state', {})).toEqual({ allowed: [] });
  const { origin, token } = await client.call('origins.allow', { address: `${CONSOLE}/x` });
  expect(origin).toBe(CONSOLE);
  await until(() => told.some(({ allowed }) => allowed.length === 1));
  expect(JSON.stringify([told, await client.call('origins.state', {})])).not.toContain(token);
  await expect(client.call('origins.allow', { address: 'console' })).rejects.toMatchObject({
    code: 'bad-input',
  });
  await client.call('origins.remove', { origin });
  await until(() => told.at(-1)?.allowed.length === 0);
  await expect(client.call('origins.remove', { origin })).rejects.toMatchObject({ code: 'not-found' });
  await started.end();
});

test('where pages are answered, those that were refused are told, but for one that was allowed since', async () => {
  let refused: readonly RefusedPage[] = [];
  const changed = createEmitter<void>();
  const agent = {
    refused: () => refused,
    onRefused: changed.event,
    forgetRefused(origin: string) {
      refused = refused.filter((each) => each.origin !== origin);
      changed.fire();
    },
  };
  const told: OriginsInfo[] = [];
  const stop = followOrigins({ origins, agent }, (info) => told.push(info));
  refused = [{ origin: CONSOLE, why: 'not-allowed', atMs: 1, tries: 2 }];
  changed.fire();
  await until(() => told.length > 0);
  expect(told[0]).toEqual({ allowed: [], refused });
  const { 'origins.allow': allow } = answerOrigins({ pageDoor: { origins, agent } });
  await allow({ address: CONSOLE }, { signal: new AbortController().signal });
  await until(() => told.at(-1)?.refused?.length === 0 && told.at(-1)?.allowed.length === 1);
  stop();
  expect(changed.listenerCount).toBe(0);
});
