import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, systemCode } from '../../base/errors.ts';
import type { Dispose } from '../../base/event.ts';
import { holdFileLock } from '../../base/file-lock.ts';
import { makeSecret } from '../../base/loopback.ts';
import { makePrivateFolder } from '../../base/paths.ts';
import { type OwnKubeconfig, proxyKubeconfigPath, writeProxyKubeconfig } from './proxy-kubeconfig.ts';
import {
  formatProxyState,
  isLongValid,
  type ProxyCertificates,
  type ProxyState,
  parseProxyState,
} from './proxy-state.ts';

export interface ProxyStore {
  readonly kubeconfigPath: string;
  /** Undefined until a context was enabled for the first time. Throws `proxy-failed` where it cannot be read. */
  read(): Promise<ProxyState | undefined>;
  /** One that is enabled already stays as it is, its secret too. */
  enable(names: readonly string[], own: OwnKubeconfig): Promise<ProxyState>;
  /** Their secrets let nobody in any more; all of them where none is named. Unknown names are passed over. */
  disable(names: readonly string[] | undefined): Promise<ProxyState | undefined>;
  /** To be called before each run: certificates that run out soon are made anew. */
  refresh(): Promise<ProxyState | undefined>;
  /** Another program has that port: takes another one, unless that has been done meanwhile. */
  leavePort(taken: number): Promise<ProxyState | undefined>;
  /** Calls back after this or another process has changed it. */
  watch(onChanged: () => void): Dispose;
}

export interface ProxyStoreNeeds {
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  /** A folder of the proxy's own; made when it is needed. */
  readonly folder: string;
  createCertificates(nowMs: number): Promise<ProxyCertificates>;
  /** Of 127.0.0.1, that nothing listens on. */
  findPort(): Promise<number>;
  watchFiles(paths: readonly string[], onChanged: () => void): Dispose;
}

const NO_KUBECONFIG: OwnKubeconfig = { contexts: new Map(), current: null };

/** One file that only this user can read, and beside it the kubeconfig that is derived from it. */
export function createProxyStore(needs: ProxyStoreNeeds): ProxyStore {
  const { clock, folder } = needs;
  const path = join(folder, 'proxy.json');
  const kubeconfigPath = proxyKubeconfigPath(folder);

  async function read(): Promise<ProxyState | undefined> {
    const text = await readFile(path, 'utf8').catch((cause: unknown) => {
      if (systemCode(cause) === 'ENOENT') return undefined;
      throw failedAt(path, 'cannot be read', cause);
    });
    if (text === undefined) return undefined;
    const state = parseProxyState(text);
    if (!state) throw failedAt(path, 'is not as Kubereel has written it');
    return state;
  }

  /** Undefined of `next`: it stays as it is. */
  function change(
    next: (state: ProxyState | undefined) => Promise<ProxyState | undefined>,
    own: OwnKubeconfig = NO_KUBECONFIG,
  ): Promise<ProxyState | undefined> {
    return orFailed(() =>
      holdFileLock(clock, `${path}.lock`, async () => {
        const before = await read();
        const after = await next(before);
        if (!after) return before;
        await writeFileAtomically(path, formatProxyState(after));
        await writeProxyKubeconfig(kubeconfigPath, after, own);
        return after;
      }),
    );
  }

  async function makeFolder(): Promise<void> {
    await makePrivateFolder(folder);
    // One that was there already, with other rights.
    await chmod(folder, 0o700);
  }

  async function orFailed<T>(deed: () => Promise<T>): Promise<T> {
    try {
      return await deed();
    } catch (cause) {
      if (cause instanceof AppError || systemCode(cause) === undefined) throw cause;
      throw failedAt(folder, 'cannot be written to', cause);
    }
  }

  async function begin(): Promise<ProxyState> {
    const [port, certificates] = await Promise.all([
      needs.findPort(),
      needs.createCertificates(clock.nowMs()),
    ]);
    return { port, certificates, contexts: [] };
  }

  return {
    kubeconfigPath,
    read,
    async enable(names, own) {
      await orFailed(makeFolder);
      const enabled = await change(async (before) => {
        const state = before ?? (await begin());
        const known = new Set(state.contexts.map(({ name }) => name));
        const added = [...new Set(names)].filter((name) => !known.has(name));
        const fresh = added.map((name) => ({ name, secret: makeSecret() }));
        return { ...state, contexts: [...state.contexts, ...fresh] };
      }, own);
      if (!enabled) throw failedAt(path, 'was not written');
      return enabled;
    },
    async disable(names) {
      if (!(await read())) return undefined;
      return change(async (before) => {
        if (!before) return undefined;
        const isLeft = (name: string): boolean => names !== undefined && !names.includes(name);
        return { ...before, contexts: before.contexts.filter(({ name }) => isLeft(name)) };
      });
    },
    async refresh() {
      const now = await read();
      if (!now || isLongValid(now.certificates, clock.nowMs())) return now;
      return change(async (before) => {
        if (!before || isLongValid(before.certificates, clock.nowMs())) return undefined;
        return { ...before, certificates: await needs.createCertificates(clock.nowMs()) };
      });
    },
    leavePort: (taken) =>
      change(async (before) =>
        before?.port === taken ? { ...before, port: await needs.findPort() } : undefined,
      ),
    watch: (onChanged) => needs.watchFiles([path], onChanged),
  };
}

function failedAt(path: string, what: string, cause?: unknown): AppError {
  const detail = systemCode(cause);
  return new AppError('proxy-failed', `${path} ${what}`, {
    hint: 'Look at its owner and rights; where it is damaged, remove it and enable the proxy again.',
    ...(detail && { detail }),
    cause,
  });
}
