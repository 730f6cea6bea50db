import { X509Certificate } from 'node:crypto';
import { basename } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Credential, CredentialProvider, UserAuth } from '../credentials/credential.ts';
import type { PluginAdmission } from '../credentials/plugin-admission.ts';
import type { UserRequest, UserRequests } from '../credentials/user-requests.ts';
import type { ResolvedContext } from '../kube/kubeconfig.ts';
import { formatName, splitPem } from './certificate-chain.ts';
import { detailOf, ok, type Result, withFacts } from './check.ts';
import type { Redactor } from './redact.ts';

interface CredentialNeeds {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly redactor: Redactor;
  readonly userRequests: Pick<UserRequests, 'list' | 'onChanged'>;
  credentials(context: ResolvedContext): CredentialProvider;
  readonly inspectPlugin: PluginAdmission['inspect'];
  /** Says what is waited for. */
  note(message: string): void;
}

/** Gets the credential as a request would, running a plugin where one is to run. Its secrets are not told. */
export async function checkCredential(
  needs: CredentialNeeds,
  context: ResolvedContext,
  { signal }: { signal: AbortSignal },
): Promise<Result<true>> {
  const { user } = context;
  if (!context.cluster.server.startsWith('https:')) {
    return {
      finding: { outcome: 'skipped', message: 'the address is plain http: none is sent' },
      found: true,
    };
  }
  needs.redactor.learn(user.token);
  needs.redactor.learn(user.password);
  for (const { name, value } of user.exec?.env ?? []) {
    if (SECRET_NAME.test(name)) needs.redactor.learn(value);
  }
  const facts = await describePlugin(needs, context);
  const credential = await getCredential(needs, context, signal).catch((error: unknown) => {
    throw withFacts(error, facts);
  });
  learnSecrets(needs.redactor, credential);
  const certificate = describeClientCertificate(needs, context, credential);
  const expiresAtMs = credential.expiresAtMs ?? certificate?.expiresAtMs ?? tokenExpiry(credential);
  return {
    finding: ok(`${describeSource(user)}${describeExpiry(expiresAtMs, needs.clock.nowMs())}`, {
      ...detailOf(...facts, `sent: ${describeKinds(credential)}`, certificate?.line),
    }),
    found: true,
  };
}

/** Of variables that a plugin is given; others hold profiles and regions. */
const SECRET_NAME = /token|secret|passw|key|credential/i;

/** What the user is asked in the meantime is told, since the check goes on only when it is answered. */
async function getCredential(
  { credentials, userRequests, note }: CredentialNeeds,
  context: ResolvedContext,
  signal: AbortSignal,
): Promise<Credential> {
  const isOurs = ({ context: asking, command }: UserRequest): boolean =>
    asking === context.name || command === context.user.exec?.command;
  const tell = (requests: readonly UserRequest[]): void => {
    const request = requests.find(isOurs);
    note(request ? describeWait(request) : '');
  };
  const stop = userRequests.onChanged(tell);
  try {
    const getting = credentials(context).current({ signal });
    tell(userRequests.list());
    return await getting;
  } finally {
    stop();
  }
}

function describeWait({ kind, path }: UserRequest): string {
  return kind === 'consent'
    ? `waits for your answer: may ${path} be run?`
    : `waits for your login in the terminal of ${path}`;
}

function learnSecrets(redactor: Redactor, { authorization, clientCertificate }: Credential): void {
  redactor.learn(authorization?.replace(/^\w+ /, ''));
  redactor.learn(clientCertificate?.keyPem);
}

function describeSource(user: UserAuth): string {
  if (user.tokenFile) return `the token in ${user.tokenFile}`;
  if (user.token) return 'the token of the kubeconfig';
  if (user.username) return `user name ${user.username} and password`;
  if (user.clientCertificate) {
    return user.clientCertificate.kind === 'file'
      ? `the client certificate ${user.clientCertificate.path}`
      : 'the client certificate of the kubeconfig';
  }
  if (user.exec) return `from plugin ${basename(user.exec.command)}`;
  return 'none: requests are anonymous';
}

/**
 * Where the plugin is and how it is called. Throws where it is not found, or where kubectl's own preferences do
 * not let it run; what it prints is shown nowhere.
 */
async function describePlugin(
  { inspectPlugin }: Pick<CredentialNeeds, 'inspectPlugin'>,
  { name, kubeconfigPath, user }: ResolvedContext,
): Promise<readonly string[]> {
  const { exec, token, tokenFile, username, clientCertificate } = user;
  if (!exec) return [];
  if (token || tokenFile || username || clientCertificate) {
    return [`plugin ${exec.command} not run: another credential comes before it, as with kubectl`];
  }
  const { path, subject } = await inspectPlugin(exec, { context: name, kubeconfigPath });
  return [
    `plugin ${exec.command} found at ${path}`,
    `called as ${[path, ...subject.args].join(' ')}`,
    `${exec.apiVersion}, interactiveMode ${exec.interactiveMode}`,
    'its output is not shown',
  ];
}

function describeKinds({ authorization, clientCertificate }: Credential): string {
  const kinds = [
    ...(authorization
      ? [authorization.startsWith('Basic ') ? 'basic authentication' : 'a bearer token']
      : []),
    ...(clientCertificate ? ['a client certificate'] : []),
  ];
  return kinds.join(' and ') || 'nothing';
}

function describeClientCertificate(
  { clock }: Pick<CredentialNeeds, 'clock'>,
  { name }: ResolvedContext,
  { clientCertificate }: Credential,
): { readonly line: string; readonly expiresAtMs: number } | undefined {
  if (!clientCertificate) return undefined;
  const certificate = parseCertificate(clientCertificate.certificatePem, name);
  const expiresAtMs = Date.parse(certificate.validTo);
  const line = `${formatName(certificate.subject)}; issued by ${formatName(certificate.issuer)}`;
  if (expiresAtMs < clock.nowMs()) {
    throw new AppError(
      'unauthorized',
      `the client certificate of context ${name} expired on ${toMinute(expiresAtMs)}`,
      { hint: 'Get a new one from whoever runs the cluster, or log in again.', detail: line },
    );
  }
  return { line, expiresAtMs };
}

function parseCertificate(pem: string, context: string): X509Certificate {
  try {
    return new X509Certificate(splitPem(pem)[0] ?? pem);
  } catch (cause) {
    throw new AppError('context-unusable', `the client certificate of context ${context} cannot be read`, {
      hint: 'It has to be a PEM: -----BEGIN CERTIFICATE-----.',
      cause,
    });
  }
}

/** When a JSON web token says that it ends; it is not checked, and other tokens say nothing. */
function tokenExpiry({ authorization }: Credential): number | undefined {
  const payload = /^Bearer [\w-]+\.([\w-]+)\.[\w-]*$/.exec(authorization ?? '')?.[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const seconds = (claims as { exp?: unknown } | null)?.exp;
    return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds * 1_000 : undefined;
  } catch {
    return undefined;
  }
}

function describeExpiry(expiresAtMs: number | undefined, nowMs: number): string {
  if (expiresAtMs === undefined) return '';
  return expiresAtMs < nowMs ? `, expired ${toMinute(expiresAtMs)}` : `, expires ${toMinute(expiresAtMs)}`;
}

function toMinute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
