import type { Clock } from './base/clock.ts';
import { watchFiles } from './base/file-watch.ts';
import type { Lifetime } from './base/lifetime.ts';
import type { Log } from './base/log.ts';
import type { CredentialProvider } from './credentials/credential.ts';
import type { Credentials } from './credentials/credentials.ts';
import type { LoginEnvironment } from './credentials/login-environment.ts';
import type { DemoSwitch } from './demo/demo-switch.ts';
import { createDoctor, type Doctor } from './doctor/doctor.ts';
import { type AnnounceRequest, announceRequests } from './kube/announced-transport.ts';
import { type Contexts, openContexts } from './kube/contexts.ts';
import { loadKubeconfig, type ResolvedContext } from './kube/kubeconfig.ts';
import { findOwnKubeconfigs } from './kube/kubeconfig-origin.ts';
import type { NodeShellLedger } from './kube/node-shell-ledger.ts';
import { sweepNodePods } from './kube/node-shell-sweep.ts';
import { resolveContext, toPluginCluster } from './kube/resolve-context.ts';
import { createTransport } from './kube/transport.ts';
import { proxyKubeconfigPath } from './proxy/switch/proxy-kubeconfig.ts';
import { VERSION } from './version.ts';

/** The user's contexts, then the demo cluster's, each with its credentials and its way to the cluster. */
export async function openKube(
  needs: {
    readonly environment: NodeJS.ProcessEnv;
    readonly loginEnvironment: LoginEnvironment;
    readonly platform: NodeJS.Platform;
    readonly kubeconfigPath: string | undefined;
    readonly proxyFolder: string;
    readonly clock: Clock;
    readonly log: Log;
    readonly demo: DemoSwitch;
    readonly credentials: Credentials;
    readonly ledger: NodeShellLedger;
    announcerFor(context: string): AnnounceRequest;
  },
  life: Lifetime,
): Promise<{ readonly contexts: Contexts; readonly doctor: Doctor }> {
  const { loginEnvironment, platform, clock, log, demo } = needs;
  const derivedPath = proxyKubeconfigPath(needs.proxyFolder);
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
        const { namedBy, paths } = await findOwnKubeconfigs(
          { environment, platform, explicitPath: needs.kubeconfigPath },
          derivedPath,
        );
        const { kubeconfigPath } = demo.snapshot();
        return { namedBy, paths: kubeconfigPath === null ? paths : [...paths, kubeconfigPath] };
      },
      load: ({ namedBy, paths }) => loadKubeconfig(paths, namedBy, derivedPath),
      resolve: (kubeconfig, context) => resolveContext(kubeconfig, context, clock.nowMs()),
      connect(context) {
        const transport = announceRequests(
          createTransport(dial, context, credentials(context)),
          needs.announcerFor(context.name),
        );
        // Not awaited: it never rejects, and nobody waits for what an earlier run has left behind.
        void sweepNodePods({ transport, clock, ledger: needs.ledger, log }, { signal: life.signal });
        return transport;
      },
      watch: watchFiles,
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
    kubeconfig: contexts.reload,
    resolve: (kubeconfig, context) => resolveContext(kubeconfig, context, clock.nowMs()),
    transport: contexts.transport,
    dial,
  });
  return { contexts, doctor };
}
