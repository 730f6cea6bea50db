import type { Credential, CredentialProvider } from '../../main/credentials/credential.ts';
import type { ClusterSettings, ResolvedContext } from '../../main/kube/kubeconfig.ts';
import type { DialNeeds } from '../../main/kube/route.ts';
import { createTransport, type KubeTransport } from '../../main/kube/transport.ts';

/** No proxies, whatever this machine has. */
export function createDialNeeds(environment: NodeJS.ProcessEnv = {}): DialNeeds {
  return { userAgent: 'kubereel-test', environment: async () => environment };
}

export function createContext(server: string, cluster: Partial<ClusterSettings> = {}): ResolvedContext {
  return {
    name: 'staging',
    namespace: 'default',
    kubeconfigPath: '/home/u/.kube/config',
    cluster: { name: 'staging', server, skipTlsVerify: false, disableCompression: false, ...cluster },
    user: {},
  };
}

/** Hands out the credentials in order, the next one at each renewal, the last for ever. */
export function createCredentials(
  ...credentials: Credential[]
): CredentialProvider & { readonly renewals: number } {
  let renewals = 0;
  const current = async (): Promise<Credential> =>
    credentials[Math.min(renewals, credentials.length - 1)] ?? {};
  return {
    current,
    async renew() {
      renewals += 1;
      return current();
    },
    get renewals() {
      return renewals;
    },
  };
}

/** A transport to a plain HTTP server, which gets no credentials. */
export function openTransport(server: string): KubeTransport {
  return createTransport(createDialNeeds(), createContext(server), createCredentials());
}
