import { X509Certificate } from 'node:crypto';
import * as v from 'valibot';
import { parseJson } from '../../base/json.ts';

/** All of the proxy that outlives a run. Secret: who has it is let in, and can pretend to be the proxy. */
export interface ProxyState {
  /** On 127.0.0.1; stays, so that what has read the kubeconfig finds the next run too. */
  readonly port: number;
  /** The proxy's own authority, and what it signed. */
  readonly certificates: ProxyCertificates;
  /** In the order in which they were enabled; none: the proxy is off. */
  readonly contexts: readonly EnabledContext[];
}

/** As PEM. */
export interface ProxyCertificates {
  readonly authority: string;
  readonly certificate: string;
  readonly privateKey: string;
}

/** A context of the user's kubeconfig, and what lets kubectl use it through the proxy. */
export interface EnabledContext {
  readonly name: string;
  readonly secret: string;
}

/** Certificates that would run out sooner are made anew before the next run. */
const LEAST_VALID_MS = 30 * 24 * 60 * 60_000;

const stateSchema = v.object({
  version: v.literal(1),
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
  certificates: v.object({
    authority: v.pipe(v.string(), v.check(isCertificate)),
    certificate: v.pipe(v.string(), v.check(isCertificate)),
    privateKey: v.string(),
  }),
  contexts: v.array(v.object({ name: v.string(), secret: v.pipe(v.string(), v.minLength(32)) })),
});

export function formatProxyState(state: ProxyState): string {
  return `${JSON.stringify({ version: 1, ...state }, null, 2)}\n`;
}

/** Undefined for what `formatProxyState` has not written. */
export function parseProxyState(text: string): ProxyState | undefined {
  const parsed = v.safeParse(stateSchema, parseJson(text));
  if (!parsed.success) return undefined;
  const { version: _version, ...state } = parsed.output;
  return state;
}

/** A clock that is set back finds them not valid yet. */
export function isLongValid({ certificate }: ProxyCertificates, nowMs: number): boolean {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  return validFromDate.getTime() <= nowMs && nowMs + LEAST_VALID_MS <= validToDate.getTime();
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== '';
  } catch {
    return false;
  }
}
