import { randomUUID } from 'node:crypto';
import { watchFiles } from './base/file-watch.ts';
import type { Lifetime } from './base/lifetime.ts';
import { createLoopbackCertificates } from './base/loopback-certificates.ts';
import type { ProxySwitch } from './bridge/rooms.ts';
import type { Core } from './compose.ts';
import { createExecDesk, type ExecDesk } from './proxy/command/exec-desk.ts';
import { findImpersonation } from './proxy/policy-impersonation.ts';
import { startRecordingProxy } from './proxy/recording-proxy.ts';
import { findFreePort } from './proxy/switch/free-port.ts';
import { keepProxy, type StartedProxy } from './proxy/switch/proxy-keeper.ts';
import { type OwnKubeconfig, proxyKubeconfigPath } from './proxy/switch/proxy-kubeconfig.ts';
import { answersAsProxy, createProxyRunner } from './proxy/switch/proxy-runner.ts';
import type { EnabledContext, ProxyState } from './proxy/switch/proxy-state.ts';
import { createProxyStore } from './proxy/switch/proxy-store.ts';
import { chooseShell, formatShellLine } from './proxy/switch/shell-line.ts';
import { describeThisProcess, isOwnerAlive } from './recording/owner.ts';

/** The proxy for the user's own kubectl: its switch, and what runs it. */
export interface ProxyDesk {
  readonly kubeconfigPath: string;
  /** For a terminal of this user: what is started in it from then on uses that kubeconfig. */
  readonly shellLine: string;
  /** Rejects with `proxy-failed`. */
  look(): Promise<ProxyLook>;
  /** Rejects with `context-unknown` or `proxy-failed`; then none of them is enabled. */
  enable(contexts: readonly string[]): Promise<void>;
  /** Those that are named, or all. Rejects with `proxy-failed`. */
  disable(contexts?: readonly string[]): Promise<void>;
  /** Runs it in this process while it is enabled and no other process does, until `life` ends. */
  keep(life: Lifetime): ProxySwitch;
}

/** How it stands, whichever process runs it. */
export interface ProxyLook {
  readonly contexts: readonly string[];
  readonly port?: number;
  /** Undefined where none runs it. */
  readonly running?: { readonly processId?: number };
}

interface ProxyDeskNeeds extends Pick<Core, 'clock' | 'log' | 'paths' | 'contexts' | 'demo'> {
  /** What records. Asked for once the proxy is started. */
  core(): Core;
  readonly environment: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
}

export function createProxyDesk(needs: ProxyDeskNeeds): ProxyDesk {
  const { clock, contexts, demo } = needs;
  const folder = needs.paths.proxy;
  const shellLine = formatShellLine(
    proxyKubeconfigPath(folder),
    chooseShell(needs.environment['SHELL'], needs.platform),
  );
  let openingDoor: Promise<ExecDesk> | undefined;
  const store = createProxyStore({
    clock,
    folder,
    createCertificates: createLoopbackCertificates,
    findPort: findFreePort,
    watchFiles,
  });
  const owner = { describe: describeThisProcess, isAlive: isOwnerAlive };
  const runner = createProxyRunner({ folder, owner });
  const { kubeconfigPath } = store;

  /** The demo cluster's file goes with its run. */
  function readOwn(): OwnKubeconfig {
    const { sources, entries, currentContext } = contexts.current();
    const passing = [kubeconfigPath, demo.snapshot().kubeconfigPath];
    return {
      paths: sources.map(({ path }) => path).filter((path) => !passing.includes(path)),
      contexts: new Map([...entries.contexts].map(([name, { fields }]) => [name, fields])),
      current: currentContext,
    };
  }

  /** Once: what is open through a proxy that was stopped may be on its way to a recorder still. */
  function door(): Promise<ExecDesk> {
    openingDoor ??= openDoor(needs).catch((error: unknown) => {
      // The next start tries again.
      openingDoor = undefined;
      throw error;
    });
    return openingDoor;
  }

  async function enable(names: readonly string[]): Promise<void> {
    for (const name of names) contexts.entry(name);
    await store.enable(names, readOwn());
  }

  async function disable(names?: readonly string[]): Promise<void> {
    await store.disable(names);
  }

  return {
    kubeconfigPath,
    shellLine,
    enable,
    disable,
    async look() {
      const state = await store.read();
      if (!state) return { contexts: [] };
      const { port } = state;
      const names = state.contexts.map(({ name }) => name);
      if (!(await answersAsProxy(state))) return { contexts: names, port };
      const processId = (await runner.find())?.processId;
      return { contexts: names, port, running: { ...(processId !== undefined && { processId }) } };
    },
    keep(life) {
      const start = async (state: ProxyState, now: () => readonly EnabledContext[]): Promise<StartedProxy> =>
        startProxy(needs, await door(), state, now);
      const keeper = keepProxy({ clock, store, runner, start, answersAsProxy }, life);
      return {
        kubeconfigPath,
        shellLine,
        snapshot: keeper.snapshot,
        onChanged: keeper.onChanged,
        async enable(names) {
          await enable(names);
          await keeper.look();
        },
        async disable(names) {
          await disable(names);
          await keeper.look();
        },
      };
    },
  };
}

async function openDoor(needs: ProxyDeskNeeds): Promise<ExecDesk> {
  const { clock, contexts } = needs;
  const core = needs.core();
  const settings = await core.settings();
  const desk = createExecDesk({
    clock,
    newSessionId: randomUUID,
    newCastWriter: core.newCastWriter,
    transport: contexts.transport,
    // Nobody is asked whether to pause what another program shows.
    markChoices: () => ({ promptMarkers: settings.current().settings.promptMarkers, mayPause: false }),
    terms: {
      answerPolicy: core.policy.answer,
      rehearseRecording: core.rehearseRecording,
      connectRecorders: core.connectRecorders,
    },
  });
  core.elsewhere.open(desk);
  return desk;
}

async function startProxy(
  { clock, log, contexts, core }: ProxyDeskNeeds,
  desk: ExecDesk,
  { port, certificates }: ProxyState,
  enabled: () => readonly EnabledContext[],
): Promise<StartedProxy> {
  const proxy = await startRecordingProxy(
    {
      clock,
      log,
      contexts: enabled,
      transport: contexts.transport,
      impersonationFor: (context, info) => findImpersonation(core().policy, context, info),
      commands: desk,
    },
    { port, certificates },
  );
  return {
    async retain(names) {
      proxy.retain(names);
      const others = desk.list().filter(({ context }) => !names.includes(context));
      // One that ends meanwhile by itself has ended.
      await Promise.allSettled(others.map(({ sessionId }) => desk.end(sessionId)));
    },
    stop: proxy.stop,
  };
}
