/** The real page over the real browser host and wire; only what the core knows is canned. */
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { pageOptions } from '../../build/page-bundle.ts';
import { createSystemClock } from '../../main/base/clock.ts';
import { createLog } from '../../main/base/log.ts';
import { type BrowserHost, startBrowserHost } from '../../main/hosts/browser/browser-host.ts';
import type { CallName, EventName } from '../../preload/contract.ts';
import { type CallHandlers, serveContract } from '../../preload/server.ts';
import { encodeRecord } from '../../preload/terminal-records.ts';
import type { Wire } from '../../preload/wire.ts';
import { problemOf } from '../../renderer/problem.ts';
import type { PageCore } from './page-core.ts';
import { shown } from './page-streams.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const EVENTS: readonly EventName[] = [
  'contexts.changed',
  'pods.changed',
  'sessions.changed',
  'sessions.forgotten',
  'doctor.changed',
  'credentials.changed',
  'library.changed',
  'settings.changed',
  'policy.changed',
  'uploads.changed',
  'updates.changed',
  'library.recovered',
  'elsewhere.changed',
  'proxy.changed',
  'origins.changed',
];

export interface PageHost {
  newLink(): string;
  /** Cuts every window off, as the core's end does. */
  cut(): void;
  stop(): Promise<void>;
}

export interface BuiltPage {
  readonly folder: string;
  remove(): Promise<void>;
}

export async function buildPage(): Promise<BuiltPage> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-page-'));
  await build({
    ...pageOptions,
    absWorkingDir: root,
    entryPoints: { app: 'renderer/app.tsx' },
    outdir: folder,
    sourcemap: false,
  });
  for (const name of ['index.html', 'icon.svg']) {
    await copyFile(join(root, 'renderer', name), join(folder, name));
  }
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

export async function startPageHost(core: PageCore, { folder }: BuiltPage): Promise<PageHost> {
  const wires = new Set<Wire>();
  const host: BrowserHost = await startBrowserHost(
    { log: createLog({ level: 'silent' }), clock: createSystemClock() },
    {
      port: 0,
      pageFolder: folder,
      serve(wire) {
        wires.add(wire);
        serve(core, wire);
      },
    },
  );
  return {
    newLink: host.newLink,
    cut() {
      for (const wire of wires) wire.close();
    },
    stop: () => host.stop(),
  };
}

function serve(core: PageCore, wire: Wire): void {
  const handler = (name: CallName) => (input: never) => core.client.call(name, input);
  const names = Object.keys(core.answers) as CallName[];
  const server = serveContract({
    wire,
    handlers: Object.fromEntries(names.map((name) => [name, handler(name)])) as unknown as CallHandlers,
    streams: {
      async 'sessions.view'(_params, stream, { signal }) {
        const bytes = new TextEncoder().encode(core.state.screen);
        await stream.write(encodeRecord({ kind: 'output', timeMicros: 0, bytes }));
        await stream.write(encodeRecord({ kind: 'caught-up', timeMicros: 0 }));
        // As a shell whose terminal echoes.
        for await (const typed of stream.input) {
          await stream.write(encodeRecord({ kind: 'output', timeMicros: 1, bytes: typed }), { signal });
        }
      },
      async 'credentials.login'(_params, stream) {
        await stream.write(encodeRecord(shown(core.state.loginScreen)));
        await stream.write(encodeRecord({ kind: 'caught-up', timeMicros: 0 }));
        await stream.closed;
      },
      async 'library.play'() {},
      async 'library.export'(_params, stream) {
        await stream.write(new TextEncoder().encode(core.state.screen));
      },
      async 'library.import'() {},
    },
    toProblem: problemOf,
    onProtocolError(error) {
      throw error;
    },
  });
  for (const name of EVENTS) core.client.on(name, (event) => server.emit(name, event));
}
