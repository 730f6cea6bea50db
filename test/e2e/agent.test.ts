import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createOrigins } from '../../main/agent/origins.ts';
import { createSystemClock } from '../../main/base/clock.ts';
import { watchFiles } from '../../main/base/file-watch.ts';
import type { Sidecar } from '../../main/recording/recording.ts';
import { openAgentClient } from '../fakes/agent-client.ts';
import { type AppProcess, startApp } from '../fakes/app-process.ts';
import { eventually, until } from '../fakes/until.ts';

const CONSOLE = 'https://console.example';

async function readSidecars({ home }: AppProcess): Promise<Sidecar[]> {
  const folder = join(home, 'recordings');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as Sidecar),
  );
}

test.skipIf(process.platform === 'win32')(
  'kubereel serve: a page that is allowed meanwhile has a shell, which ends with the program, on record',
  async () => {
    const app = await startApp({ args: ['--demo'] });
    const port = Number(new URL(app.link).port);
    const refused = openAgentClient({ port, origin: CONSOLE, token: 'a-guess' });
    await expect(refused).rejects.toThrow('403');
    const file = join(app.home, 'origins.json');
    const origins = createOrigins({ clock: createSystemClock(), file, watchFiles });
    const { token } = await origins.allow(CONSOLE);

    const client = await openAgentClient({ port, origin: CONSOLE, token });
    client.say({
      type: 'exec_init',
      cluster: 'kubereel-demo',
      namespace: 'shop',
      pod: 'web-5d9c7b6f4-x2kqp',
      command: ['/bin/sh'],
      tty: true,
    });
    await client.frame('exec_started');
    client.say({ type: 'stdin', data: 'echo $((6*7))\r' });
    await until(() => client.text('stdout').includes('42'));

    const exited = once(app.process, 'exit');
    app.process.kill('SIGTERM');
    expect(await client.closed).toBe(1000);
    // The shell may have gone by itself when its input ended.
    expect(client.text('error') + client.text('stderr')).toContain('ended in Kubereel');
    expect(await exited).toEqual([0, null]);
    await eventually(async () =>
      expect(await readSidecars(app)).toMatchObject([
        {
          details: { context: 'kubereel-demo', door: { kind: 'browser', client: CONSOLE } },
          state: { kind: 'closed' },
        },
      ]),
    );
    await app.stop();
  },
);
