import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PageWindow } from '../../main/bridge/desktop.ts';
import { type Core, compose } from '../../main/compose.ts';
import type { Pages } from '../../main/compose-pages.ts';
import { type ContractClient, createClient } from '../../preload/client.ts';
import type { Wire } from '../../preload/wire.ts';
import { createMemoryPair } from './wires.ts';

/** The whole core in a home of its own, with pages connected in memory. */
export interface TestCore {
  readonly core: Core;
  readonly home: string;
  /** One more window; in the desktop app that has wishes. */
  connect(window?: PageWindow): ContractClient;
  /** One more window that says what it likes. */
  connectRaw(): Wire;
  end(): Promise<void>;
}

export async function startTestCore(environment: NodeJS.ProcessEnv = {}): Promise<TestCore> {
  const home = await mkdtemp(join(tmpdir(), 'kubereel-core-'));
  const core = await compose({
    environment: {
      PATH: process.env['PATH'],
      KUBEREEL_HOME: home,
      KUBECONFIG: join(home, 'none'),
      ...environment,
    },
    platform: process.platform,
  });
  const pages: Pages = await core.openPages({
    host: 'browser',
    newWindow: async () => ({ url: 'http://127.0.0.1/#x' }),
  });
  function connectRaw(window?: PageWindow): Wire {
    const pair = createMemoryPair();
    pages.serve(pair.core, window);
    return pair.page;
  }

  return {
    core,
    home,
    connect: (window) => createClient(connectRaw(window)),
    connectRaw,
    async end() {
      await core.end();
      await rm(home, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
