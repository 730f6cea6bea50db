import { AppError } from '../../base/errors.ts';

/** A request as its client sent it, below the cluster's address. */
export interface RequestHead {
  readonly method: string;
  /** Path and query, as they came. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A command in a pod, as a client asks an API server for it. */
export interface ProxiedCommand {
  readonly kind: 'exec' | 'attach';
  readonly namespace: string;
  readonly pod: string;
  /** Empty: the server chooses. */
  readonly container: string;
  /** Empty for attach. */
  readonly command: readonly string[];
  readonly hasTty: boolean;
  readonly protocol: 'websocket' | 'spdy';
}

/** Subresources of a pod that run a program, or reach one that runs. */
const KINDS: ReadonlySet<string | undefined> = new Set(['exec', 'attach']);
/** What runs programs at a kubelet's own address (kubelet, pkg/kubelet/server/server.go). */
const KUBELET_ROUTES: ReadonlySet<string | undefined> = new Set(['exec', 'attach', 'run', 'cri']);
/** As pods and namespaces are named (RFC 1123); nothing else gets into a policy's question or a log. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/**
 * The command that a request asks for, whatever comes before it in the path: a cluster may stand behind another's API.
 * Undefined where it asks for none. Throws `exec-refused` or `bad-input` for what may be one and cannot be read as one.
 */
export function readExecRequest(head: RequestHead): ProxiedCommand | undefined {
  const [path = '', query = ''] = splitOnce(head.target, '?');
  const parts = readPath(path);
  if (!parts) return undefined;
  const [namespace = '', pod = '', kind = ''] = parts;
  for (const name of [namespace, pod]) {
    if (!NAME.test(name))
      throw new AppError('bad-input', `${JSON.stringify(name)} names no pod or namespace`);
  }
  const parameters = new URLSearchParams(query);
  return {
    kind: kind === 'exec' ? 'exec' : 'attach',
    namespace,
    pod,
    container: parameters.get('container') ?? '',
    command: kind === 'exec' ? parameters.getAll('command') : [],
    hasTty: isTrue(parameters.get('tty')),
    protocol: readProtocol(head),
  };
}

/** Namespace, pod and what is asked of it. */
function readPath(path: string): readonly string[] | undefined {
  const decoded = decode(path);
  // As an API server takes it apart, and as something before it may clean it up.
  const plain = decoded.replace(/^\/+|\/+$/g, '').split('/');
  const clean = cleanUp(plain);
  const found = findCommand(clean);
  if (found === 'kubelet') {
    throw new AppError('exec-refused', 'a command by way of the node’s kubelet cannot be recorded', {
      hint: 'Use kubectl exec, which asks the API server for it.',
    });
  }
  const isPlain = path.startsWith('/') && plain.join('/') === clean.join('/');
  const isWhole = found !== undefined && found.length === 3;
  if ((found && isPlain && isWhole) || (!found && !findCommand(plain))) return found;
  throw new AppError(
    'exec-refused',
    'this may be a command in a pod, and its address is not written as one',
    {
      hint: 'Ask for /api/v1/namespaces/NAMESPACE/pods/POD/exec.',
    },
  );
}

/** What stands behind `namespaces` where a pod's command does, to the path's end. */
function findCommand(parts: readonly string[]): readonly string[] | 'kubelet' | undefined {
  const start = parts.findIndex(
    (part, index) => part === 'namespaces' && parts[index + 2] === 'pods' && KINDS.has(parts[index + 4]),
  );
  if (start >= 0) return [parts[start + 1] ?? '', ...parts.slice(start + 3)];
  const isKubelet = parts.some(
    (part, index) => part === 'nodes' && parts[index + 2] === 'proxy' && KUBELET_ROUTES.has(parts[index + 3]),
  );
  return isKubelet ? 'kubelet' : undefined;
}

/** By bytes: an API server takes escapes that are no UTF-8, too. */
function decode(path: string): string {
  return path.replaceAll(/%([0-9a-f]{2})/gi, (_escape, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
}

function cleanUp(parts: readonly string[]): readonly string[] {
  const clean: string[] = [];
  for (const part of parts.flatMap((text) => text.split('\\'))) {
    if (part === '..') clean.pop();
    else if (part !== '' && part !== '.') clean.push(part);
  }
  return clean;
}

/** Only its absence, `false` and `0` mean no (k8s.io/apimachinery, Convert_Slice_string_To_bool). */
function isTrue(value: string | null): boolean {
  return value !== null && !['false', '0'].includes(value.toLowerCase());
}

function readProtocol({ method, headers }: RequestHead): ProxiedCommand['protocol'] {
  const upgrades = findHeaders(headers, 'upgrade').map((value) => value.trim().toLowerCase());
  const [protocol] = upgrades;
  if (upgrades.length === 1 && protocol === 'websocket' && method === 'GET') return 'websocket';
  if (upgrades.length === 1 && protocol === 'spdy/3.1' && ['GET', 'POST'].includes(method)) return 'spdy';
  const asked = protocol === undefined ? 'without an upgrade' : 'by an upgrade that cannot be read';
  throw new AppError('exec-refused', `a command in a pod was asked for ${asked}`, {
    hint: 'Clients of Kubernetes ask for it over WebSocket or SPDY/3.1.',
  });
}

/** The values of all its lines, in their order. */
export function findHeaders(headers: RequestHead['headers'], name: string): readonly string[] {
  return headers.filter(([candidate]) => candidate.toLowerCase() === name).map(([, value]) => value);
}

function splitOnce(text: string, mark: string): readonly string[] {
  const index = text.indexOf(mark);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}
