import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check, CheckId } from '../../main/doctor/check.ts';
import type { DoctorQuestion } from '../../main/doctor/doctor.ts';
import { createStatus, sendJson } from './api-server.ts';
import { startTestCore } from './core.ts';

/** A kubeconfig with one context, `staging`, as an object; JSON is YAML. */
export function kubeconfigFor(
  cluster: Readonly<Record<string, unknown>>,
  user: Readonly<Record<string, unknown>> = { token: 'planted-token-of-the-test' },
): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'staging',
    contexts: [{ name: 'staging', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
  };
}

export interface ExamineOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** A window is open, whose user answers every question so. */
  readonly answer?: 'allow' | 'refuse';
  readonly onChanged?: (checks: readonly Check[]) => void;
}

/** Composes a core on this kubeconfig, asks its doctor once, and ends it. Undefined: there is no such file. */
export async function examine(
  kubeconfig: object | string | undefined,
  question: DoctorQuestion = {},
  { environment, answer, onChanged = () => {} }: ExamineOptions = {},
): Promise<readonly Check[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-doctor-'));
  const path = join(folder, 'config');
  if (kubeconfig !== undefined) {
    await writeFile(path, typeof kubeconfig === 'string' ? kubeconfig : JSON.stringify(kubeconfig));
  }
  const app = await startTestCore({ KUBECONFIG: path, ...environment });
  const { requests } = app.core.credentials;
  if (answer) {
    requests.attend();
    requests.onChanged((open) => {
      for (const { requestId } of open) requests.answer(requestId, answer);
    });
  }
  try {
    return await app.core.doctor.examine(question, onChanged, { signal: new AbortController().signal });
  } finally {
    await app.end();
    await rm(folder, { recursive: true, force: true });
  }
}

export function outcomesOf(checks: readonly Check[]): Record<CheckId, Check['outcome']> {
  return Object.fromEntries(checks.map(({ id, outcome }) => [id, outcome])) as Record<
    CheckId,
    Check['outcome']
  >;
}

export function checkOf(checks: readonly Check[], id: CheckId): Check {
  const found = checks.find((check) => check.id === id);
  if (!found) throw new Error(`there is no check ${id}`);
  return found;
}

/** What a cluster says about us: its version, who we are, which verbs on pods/exec and pods/attach we have. */
export interface ClusterManners {
  readonly minor?: string;
  readonly username?: string;
  readonly verbs?: readonly string[];
  /** Instead of any answer. */
  readonly refuses?: { readonly status: number; readonly reason: string; readonly message: string };
}

export async function answerAsCluster(
  manners: ClusterManners,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { refuses, minor = '36', username = 'anna', verbs = ['get', 'create'] } = manners;
  if (refuses) {
    const { status, reason, message } = refuses;
    return sendJson(response, status, createStatus(status, reason, message));
  }
  const path = (request.url ?? '').split('?')[0] ?? '';
  if (path === '/version') return sendJson(response, 200, { major: '1', minor, gitVersion: `v1.${minor}.0` });
  if (path === '/apis/authentication.k8s.io/v1/selfsubjectreviews') {
    return sendJson(response, 201, { status: { userInfo: { username, groups: ['dev'] } } });
  }
  if (path === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews') {
    const review = JSON.parse(Buffer.concat(chunks).toString()) as {
      spec: { resourceAttributes: { verb: string } };
    };
    const allowed = verbs.includes(review.spec.resourceAttributes.verb);
    return sendJson(response, 201, { status: { allowed } });
  }
  sendJson(response, 404, createStatus(404, 'NotFound', 'the server could not find the requested resource'));
}
