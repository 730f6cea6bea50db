import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import * as v from 'valibot';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import { parseJson } from '../../base/json.ts';
import { makePrivateFolder } from '../../base/paths.ts';
import type { RecordingOwner } from '../../recording/recording.ts';
import type { ProxyState } from './proxy-state.ts';

/** Which process of this user runs the proxy. The port alone decides that; this says who it is, for people. */
export interface ProxyRunner {
  /** This process does from now on. Rejects never: nothing hangs on it. */
  announce(): Promise<void>;
  /** No longer. Rejects never. */
  withdraw(): Promise<void>;
  /** Undefined where nobody has said so, or who did is gone. */
  find(): Promise<RecordingOwner | undefined>;
}

/** What answers takes milliseconds; what takes longer is not ours, or of no use. */
const PROBE_MS = 5_000;

const ownerSchema = v.object({
  hostName: v.string(),
  processId: v.number(),
  processStartedAtMs: v.number(),
});

export function createProxyRunner({
  folder,
  owner,
}: {
  readonly folder: string;
  readonly owner: { describe(): RecordingOwner; isAlive(owner: RecordingOwner): boolean };
}): ProxyRunner {
  const path = join(folder, 'running.json');

  async function read(): Promise<RecordingOwner | undefined> {
    const text = await readFile(path, 'utf8').catch(() => '');
    const parsed = v.safeParse(ownerSchema, parseJson(text));
    return parsed.success ? parsed.output : undefined;
  }

  return {
    async announce() {
      try {
        await makePrivateFolder(folder);
        await writeFileAtomically(path, `${JSON.stringify(owner.describe())}\n`);
      } catch {
        // Then nobody is told who it is; that it runs can be seen.
      }
    },
    async withdraw() {
      const said = await read();
      const self = owner.describe();
      // Who has the port by now has said so in its place.
      if (said?.processId !== self.processId || said.hostName !== self.hostName) return;
      await rm(path, { force: true }).catch(() => {});
    },
    async find() {
      const said = await read();
      return said && owner.isAlive(said) ? said : undefined;
    },
  };
}

/** Whether what listens on the port is a proxy of this user: it shows a certificate that only such a one has. */
export function answersAsProxy({
  port,
  certificates,
}: Pick<ProxyState, 'port' | 'certificates'>): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ca: certificates.authority, timeout: PROBE_MS });
    const end = (isProxy: boolean): void => {
      socket.destroy();
      resolve(isProxy);
    };
    socket.once('secureConnect', () => end(socket.authorized));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}
