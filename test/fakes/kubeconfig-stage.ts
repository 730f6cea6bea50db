import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { WebSocket } from 'ws';
import { type CommandIo, formatFailure } from '../../main/commands/io.ts';
import { chooseContext } from '../../main/commands/options.ts';
import { runRaw } from '../../main/commands/raw.ts';
import { type Core, compose } from '../../main/compose.ts';
import { type FakeApiServer, startApiServer } from './api-server.ts';
import { createTestAuthority } from './tls.ts';

/** An API server with TLS, and kubeconfigs that are read with nothing of the user's own environment. */
export interface KubeconfigStage {
  readonly folder: string;
  readonly server: FakeApiServer & { forget(): void };
  /** `server` and the authority's PEM in base64, as a cluster's fields in JSON without braces. */
  readonly cluster: string;
  readonly authorityPem: string;
  /** Each at once: nobody sees half of one. */
  write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  /** A core that reads the files; ended by whoever opens it. */
  open(choice: KubeconfigChoice): Promise<Core>;
  /** `kubereel raw /version` for the current context. */
  ask(choice: KubeconfigChoice): Promise<Asked>;
  /** With the same certificate. */
  openSecondServer(): Promise<FakeApiServer>;
  /** Without TLS. */
  openPlainServer(): Promise<FakeApiServer>;
  close(): Promise<void>;
}

export interface KubeconfigChoice {
  /** `KUBECONFIG`. */
  readonly list?: string;
  /** `--kubeconfig`. */
  readonly explicit?: string;
}

export interface Asked {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function openKubeconfigStage(): Promise<KubeconfigStage> {
  const authority = await createTestAuthority();
  const pair = await authority.issue({ commonName: 'api', names: ['127.0.0.1'] });
  const tls = { cert: pair.certificate, key: pair.privateKey };
  // What comes in on a WebSocket goes back.
  const serve = (socket: WebSocket): void => {
    socket.on('message', (bytes) => socket.send(bytes as Buffer));
  };
  const server = await startApiServer({ tls, serve });
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-stage-'));
  const data = Buffer.from(authority.certificate).toString('base64');

  function open({ list, explicit }: KubeconfigChoice): Promise<Core> {
    return compose({
      environment: {
        PATH: process.env['PATH'],
        HOME: join(folder, 'home'),
        KUBEREEL_HOME: join(folder, 'kubereel'),
        ...(list === undefined ? {} : { KUBECONFIG: list }),
      },
      platform: process.platform,
      kubeconfigPath: explicit,
    });
  }

  return {
    folder,
    server: Object.assign(server, {
      forget() {
        (server.requests as IncomingMessage[]).length = 0;
      },
    }),
    openPlainServer: () => startApiServer({}),
    openSecondServer: () => startApiServer({ tls }),
    cluster: `"server": "${server.address}", "certificate-authority-data": "${data}"`,
    authorityPem: authority.certificate,
    open,
    async write(files) {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, `${name}.new`), content);
        await rename(join(folder, `${name}.new`), join(folder, name));
      }
    },
    async ask(choice) {
      const core = await open(choice);
      const chunks: Buffer[] = [];
      const io = {
        async write(bytes: Uint8Array | string) {
          chunks.push(Buffer.from(bytes as Uint8Array));
        },
      } as CommandIo;
      try {
        const context = chooseContext(core, undefined);
        const signal = AbortSignal.timeout(30_000);
        const code = await runRaw(core, { context, path: '/version' }, io, { signal });
        return { code, stdout: Buffer.concat(chunks).toString(), stderr: '' };
      } catch (error) {
        return { code: 1, stdout: '', stderr: formatFailure(error) };
      } finally {
        await core.end();
      }
    },
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
