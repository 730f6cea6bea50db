import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { CredentialOptions, PluginConfig } from '../../main/credentials/credential.ts';
import { loadKubeconfig } from '../../main/kube/kubeconfig.ts';
import { resolveContext, toPluginCluster } from '../../main/kube/resolve-context.ts';
import { createTransport, type KubeTransport } from '../../main/kube/transport.ts';
import { createStatus, refuseUpgrade, sendJson, startApiServer } from './api-server.ts';
import { createTestCredentials, type TestCredentials } from './credentials.ts';
import { createDialNeeds } from './kube-access.ts';
import { createTestAuthority, type KeyPair } from './tls.ts';

/** An API server with TLS that lets in whoever its test says, and kubeconfigs whose users are plugins. */
export interface PluginCluster {
  readonly address: string;
  readonly authorityPem: string;
  /** Base64 of it. */
  readonly authorityData: string;
  /** Who came, in order: the `Authorization` and the common name of the certificate. */
  readonly callers: {
    readonly authorization: string | undefined;
    readonly certificate: string | undefined;
  }[];
  /** Who is refused with a 401; by default nobody. */
  refuses: (authorization: string | undefined) => boolean;
  issueClient(commonName: string): Promise<KeyPair>;
  /** A kubeconfig file whose contexts are the users' names, all of this cluster. */
  writeKubeconfig(users: Readonly<Record<string, object>>, cluster?: object): Promise<string>;
  /** The way that the app would make to a context of a file. */
  connect(room: TestCredentials, kubeconfigPath: string, context?: string): Promise<KubeTransport>;
  stop(): Promise<void>;
}

export async function startPluginCluster(): Promise<PluginCluster> {
  const authority = await createTestAuthority();
  const pair = await authority.issue({ commonName: 'api', names: ['127.0.0.1'] });
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-cluster-'));
  const transports: KubeTransport[] = [];
  const callers: PluginCluster['callers'] = [];
  const authorityData = Buffer.from(authority.certificate).toString('base64');
  let files = 0;

  function admit(request: IncomingMessage): boolean {
    const { authorization } = request.headers;
    const certificate = (request.socket as TLSSocket).getPeerCertificate().subject?.CN;
    callers.push({ authorization, certificate: typeof certificate === 'string' ? certificate : undefined });
    return !cluster.refuses(authorization);
  }

  const server = await startApiServer({
    tls: {
      cert: pair.certificate,
      key: pair.privateKey,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    },
    answer(request, response) {
      if (admit(request)) sendJson(response, 200, { major: '1', minor: '36', gitVersion: 'v1.36.0' });
      else sendJson(response, 401, createStatus(401, 'Unauthorized', 'Unauthorized'));
    },
    refuse: (request, socket) => (admit(request) ? false : refuseUpgrade(socket, 401, 'Unauthorized')),
  });

  const cluster: PluginCluster = {
    address: server.address,
    authorityPem: authority.certificate,
    authorityData,
    callers,
    refuses: () => false,
    issueClient: (commonName) => authority.issue({ commonName }),
    async writeKubeconfig(users, extra = {}) {
      const names = Object.keys(users);
      files += 1;
      const path = join(folder, `config-${files}`);
      const fields = { server: server.address, 'certificate-authority-data': authorityData, ...extra };
      const kubeconfig = {
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': names[0],
        clusters: [{ name: 'here', cluster: fields }],
        users: names.map((name) => ({ name, user: users[name] })),
        contexts: names.map((name) => ({ name, context: { cluster: 'here', user: name } })),
      };
      await writeFile(path, JSON.stringify(kubeconfig));
      return path;
    },
    async connect({ credentials }, kubeconfigPath, name) {
      const kubeconfig = await loadKubeconfig([kubeconfigPath]);
      const context = await resolveContext(kubeconfig, name ?? kubeconfig.currentContext ?? '');
      const provider = credentials.provider(context.user, toPluginCluster(context.cluster), {
        context: context.name,
        kubeconfigPath: context.kubeconfigPath,
      });
      const transport = createTransport(createDialNeeds(), context, provider);
      transports.push(transport);
      return transport;
    },
    async stop() {
      await Promise.all(transports.map((transport) => transport.close()));
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return cluster;
}

/** One request, as anything in the app makes it. Resolves with its status. */
export async function ask(
  transport: KubeTransport,
  options: Partial<CredentialOptions> = {},
): Promise<number> {
  const signal = options.signal ?? new AbortController().signal;
  const { status, body } = await transport.request({ method: 'GET', path: '/version', ...options, signal });
  for await (const _bytes of body);
  return status;
}

/** A room that has leave to run the plugins of a new kubeconfig, and the ways to its contexts. */
export async function openUsers(
  cluster: PluginCluster,
  users: Readonly<Record<string, object>>,
  { room = undefined as TestCredentials | undefined, extra = {} } = {},
) {
  const made = room ?? (await createTestCredentials());
  const kubeconfigPath = await cluster.writeKubeconfig(users, extra);
  for (const user of Object.values(users)) {
    const { exec } = user as { exec?: { command: string; args?: string[] } };
    if (exec)
      await made.credentials.approvals.add({ kubeconfigPath, path: exec.command, args: exec.args ?? [] });
  }
  const transport = (context?: string) => cluster.connect(made, kubeconfigPath, context);
  return { room: made, kubeconfigPath, transport };
}

/** A user entry whose credential a plugin gives, as it stands in a kubeconfig. */
export function execUser(plugin: Partial<PluginConfig>, changes: object = {}): object {
  return { exec: { ...plugin, ...changes } };
}
