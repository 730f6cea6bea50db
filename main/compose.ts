import { randomUUID } from 'node:crypto';
import packageJson from '../package.json' with { type: 'json' };
import type { AppInfo } from '../preload/contract.ts';
import type { Wire } from '../preload/wire.ts';
import { type Clock, createSystemClock } from './base/clock.ts';
import { createLifetime, type Lifetime } from './base/lifetime.ts';
import { createLog, type Log } from './base/log.ts';
import { makePrivateFolder, type Paths, resolvePaths } from './base/paths.ts';
import { servePage } from './bridge/bridge.ts';
import type { CredentialProvider } from './credentials/credential.ts';
import { type Credentials, type CredentialsNeeds, createCredentials } from './credentials/credentials.ts';
import {
  createLoginEnvironment,
  createOwnEnvironment,
  type LoginEnvironment,
} from './credentials/login-environment.ts';
import { startDemoCluster } from './demo/demo-cluster.ts';
import { createDemoSwitch, type DemoSwitch } from './demo/demo-switch.ts';
import { createDoctor, type Doctor } from './doctor/doctor.ts';
import { type CommandTarget, type OpenedCommand, openCommand } from './exec/command.ts';
import { createDebugShells, type DebugShells } from './exec/debug-shells.ts';
import type { TerminalSize } from './exec/exec-stream.ts';
import { openShell } from './exec/shell.ts';
import { createShellMemory } from './exec/shell-memory.ts';
import { type Contexts, openContexts } from './kube/contexts.ts';
import { loadKubeconfig, type ResolvedContext } from './kube/kubeconfig.ts';
import { findKubeconfigs } from './kube/kubeconfig-places.ts';
import { watchKubeconfig } from './kube/kubeconfig-watch.ts';
import { createNodeShellLedger, type NodeShellLedger } from './kube/node-shell-ledger.ts';
import { sweepNodePods } from './kube/node-shell-sweep.ts';
import { resolveContext, toPluginCluster } from './kube/resolve-context.ts';
import { createTransport } from './kube/transport.ts';
import { type Library, openLibrary } from './library/library.ts';
import { type CastWriter, createCastWriter } from './recording/cast-writer.ts';
import { describeThisProcess, isOwnerAlive } from './recording/owner.ts';
import type { RecordingDetails } from './recording/recording.ts';
import type { Signer } from './recording/seal.ts';
import { createSigningKeys, type SigningKeys } from './recording/signing-keys.ts';
import { createSessions } from './session/sessions.ts';
import { openSettings } from './settings/settings.ts';

export const VERSION: string = packageJson.version;

export interface ComposeOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** The one kubeconfig to use, in place of those that the environment or the home folder have. */
  readonly kubeconfigPath?: string | undefined;
  /** Started from an icon: what the user's shell would add to the environment is asked of it. */
  readonly isFromIcon?: boolean;
  /** Asks at a command's terminal whether a credential plugin may run. */
  readonly confirmPlugin?: CredentialsNeeds['confirm'];
}

/** The rooms that every entry uses. What only the page needs is opened by `openPages`. */
export interface Core {
  readonly clock: Clock;
  readonly log: Log;
  readonly paths: Paths;
  /** Ends with the core; what a host opens is owned by it. */
  readonly life: Lifetime;
  readonly contexts: Contexts;
  readonly demo: DemoSwitch;
  readonly doctor: Doctor;
  readonly credentials: Credentials;
  readonly signingKeys: SigningKeys;
  /** Opened at its first use. */
  library(): Promise<Library>;
  newCastWriter(details: RecordingDetails, size: TerminalSize): Promise<CastWriter>;
  openCommand(
    context: string,
    target: CommandTarget,
    size: TerminalSize,
    options: { signal: AbortSignal },
  ): Promise<OpenedCommand>;
  readonly debugShells: DebugShells;
  openPages(options: PagesOptions): Promise<Pages>;
  /** Closes live sessions with their records complete, then everything else. */
  end(): Promise<void>;
}

export interface PagesOptions {
  readonly host: AppInfo['host'];
  /** Opens another window, or tells the address for one. */
  newWindow(): Promise<{ readonly url?: string }>;
}

export interface Pages {
  /** Answers one page until it is gone. */
  serve(wire: Wire): void;
  readonly liveSessions: number;
}

export async function compose(options: ComposeOptions): Promise<Core> {
  const { environment, platform, kubeconfigPath } = options;
  const clock = createSystemClock();
  const paths = resolvePaths(environment, platform);
  await makePrivateFolder(paths.home);
  const log = createLog({ level: 'info', destination: paths.logFile });
  const life = createLifetime('core', (error, name) =>
    log.error({ lifetime: name, error: String(error) }, 'release failed'),
  );
  const demo = createDemoSwitch(
    {
      startCluster: () => startDemoCluster({ clock, log, folder: paths.demo }),
      onRunning: async () => void (await contexts.reload()),
    },
    // Its place is taken now: whenever it is started, it stops after the sessions that run in it.
    life.child('demo'),
  );
  const loginEnvironment = options.isFromIcon
    ? createLoginEnvironment({ environment, platform }, life)
    : createOwnEnvironment(environment);
  const credentials = createCredentials({
    clock,
    platform,
    approvalsFile: paths.pluginsFile,
    loginEnvironment,
    confirm: options.confirmPlugin,
  });
  const ledger = createNodeShellLedger({
    folder: paths.nodeShells,
    clock,
    owner: { describe: describeThisProcess, isAlive: isOwnerAlive },
  });
  const { contexts, doctor } = await openKube(
    { environment, loginEnvironment, platform, kubeconfigPath, clock, log, demo, credentials, ledger },
    life,
  );
  const signingKeys = createSigningKeys({ folder: paths.keys });
  let openingLibrary: Promise<Library> | undefined;

  /** A recording without a seal is worth more than none. */
  async function signer(): Promise<Signer | undefined> {
    try {
      return await signingKeys.signer();
    } catch (error) {
      log.error({ error: String(error) }, 'recordings are kept without a seal');
      return undefined;
    }
  }

  const core: Core = {
    clock,
    log,
    paths,
    life,
    contexts,
    demo,
    doctor,
    credentials,
    signingKeys,
    library() {
      openingLibrary ??= openLibrary(
        {
          clock,
          log,
          folder: paths.recordings,
          cacheFolder: paths.cache,
          signer,
          knownKeyIds: signingKeys.knownKeyIds,
        },
        life,
      );
      return openingLibrary;
    },
    newCastWriter: (details, size) =>
      createCastWriter({ clock, folder: paths.recordings, signer }, { details, size }),
    async openCommand(context, target, size, options) {
      const transport = await contexts.transport(context);
      return openCommand({ transport, clock }, target, size, options);
    },
    debugShells: createDebugShells({ clock, log, contexts, ledger }),
    openPages: (options) => openPages(core, { ...options, platform }),
    end: () => life.end(),
  };
  return core;
}

/** The user's contexts, then the demo cluster's, each with its credentials and its way to the cluster. */
async function openKube(
  needs: {
    readonly environment: NodeJS.ProcessEnv;
    readonly loginEnvironment: LoginEnvironment;
    readonly platform: NodeJS.Platform;
    readonly kubeconfigPath: string | undefined;
    readonly clock: Clock;
    readonly log: Log;
    readonly demo: DemoSwitch;
    readonly credentials: Credentials;
    readonly ledger: NodeShellLedger;
  },
  life: Lifetime,
): Promise<{ readonly contexts: Contexts; readonly doctor: Doctor }> {
  const { loginEnvironment, platform, clock, log, demo } = needs;
  const credentials = ({ name, kubeconfigPath, user, cluster }: ResolvedContext): CredentialProvider =>
    needs.credentials.provider(user, toPluginCluster(cluster), { context: name, kubeconfigPath });
  // What the desktop gave us stands until the login shell has answered.
  let environment = needs.environment;
  const dial = {
    userAgent: `kubereel/${VERSION}`,
    environment: async () => (await loginEnvironment.current()).environment,
  };
  const contexts = await openContexts(
    {
      clock,
      async places() {
        const { namedBy, paths } = await findKubeconfigs({
          environment,
          platform,
          explicitPath: needs.kubeconfigPath,
        });
        const { kubeconfigPath } = demo.snapshot();
        return { namedBy, paths: kubeconfigPath === null ? paths : [...paths, kubeconfigPath] };
      },
      load: ({ namedBy, paths }) => loadKubeconfig(paths, namedBy),
      resolve: (kubeconfig, context) => resolveContext(kubeconfig, context, clock.nowMs()),
      connect(context) {
        const transport = createTransport(dial, context, credentials(context));
        // Not awaited: it never rejects, and nobody waits for what an earlier run has left behind.
        void sweepNodePods({ transport, ledger: needs.ledger, log });
        return transport;
      },
      watch: watchKubeconfig,
      onReloadError: (error) => log.error({ error: String(error) }, 'kubeconfig could not be read again'),
    },
    life,
  );
  // Not awaited: nothing waits for the login shell but what needs it. For most the list of files stays the same.
  void loginEnvironment.current().then(async (login) => {
    if (life.signal.aborted || login.environment['KUBECONFIG'] === environment['KUBECONFIG']) return;
    environment = login.environment;
    await contexts
      .reload()
      .catch((error) => log.error({ error: String(error) }, 'kubeconfig not read again'));
  });
  const doctor = createDoctor({
    clock,
    userRequests: needs.credentials.requests,
    credentials,
    inspectPlugin: needs.credentials.admission.inspect,
    kubeconfig: contexts.current,
    resolve: (kubeconfig, context) => resolveContext(kubeconfig, context, clock.nowMs()),
    transport: contexts.transport,
    dial,
  });
  return { contexts, doctor };
}

/** The rooms that only a page needs: settings, sessions, library, and the bridge that answers it. */
async function openPages(
  core: Core,
  options: PagesOptions & { readonly platform: NodeJS.Platform },
): Promise<Pages> {
  const { clock, log, paths, life, contexts, demo } = core;
  core.credentials.usePages();
  const [settings, library] = await Promise.all([
    openSettings({ file: paths.settingsFile, clock }),
    core.library(),
  ]);
  const memory = createShellMemory({ clock });
  const sessions = createSessions({
    clock,
    log,
    random: Math.random,
    newSessionId: randomUUID,
    newCastWriter: core.newCastWriter,
    async openShell({ context, node, debug, ...wish }, size, options) {
      const { debugShells } = core;
      if (node) return debugShells.openNodeShell(context, wish, node, size, options);
      if (debug) return debugShells.openContainerShell(context, wish, debug, size, options);
      const transport = await contexts.transport(context);
      return openShell({ transport, clock, memory }, wish, size, options);
    },
  });
  life.own(() => sessions.end());
  life.own(
    sessions.onChanged(({ recording }) => {
      // A row that cannot be read says so itself in the list.
      if ('recordingId' in recording) void library.refresh(recording.recordingId);
    }),
  );
  const info: AppInfo = {
    version: VERSION,
    platform: toKnownPlatform(options.platform),
    host: options.host,
    home: paths.home,
    recordingsFolder: paths.recordings,
  };
  const rooms = {
    clock,
    log,
    info,
    contexts,
    demo,
    sessions,
    library,
    settings,
    doctor: core.doctor,
    userRequests: core.credentials.requests,
    newWindow: options.newWindow,
  };
  return {
    serve(wire) {
      servePage(rooms, wire, life);
    },
    get liveSessions() {
      return sessions.list().filter(({ state }) => state.kind !== 'ended').length;
    },
  };
}

function toKnownPlatform(platform: NodeJS.Platform): AppInfo['platform'] {
  return platform === 'darwin' || platform === 'win32' ? platform : 'linux';
}
