import * as v from 'valibot';
import { AppError } from '../base/errors.ts';
import { fetchJson } from './api-client.ts';
import type { KubeTransport } from './transport.ts';

export interface ServerVersion {
  /** As the server words it: `v1.35.0-gke.100`. */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

/** Some vendors write `27+`. */
const number = v.pipe(
  v.string(),
  v.regex(/^\d+/),
  v.transform((text) => Number.parseInt(text, 10)),
);
const schema = v.object({ major: number, minor: number, gitVersion: v.optional(v.string(), '') });

/** Undefined where the server does not tell it to us. Throws where it cannot be reached or lets us not in. */
export async function fetchServerVersion(
  { transport }: { readonly transport: KubeTransport },
  { signal }: { signal: AbortSignal },
): Promise<ServerVersion | undefined> {
  try {
    const { gitVersion, major, minor } = await fetchJson(
      transport,
      { method: 'GET', path: '/version', signal },
      schema,
    );
    return { text: gitVersion || `v${major}.${minor}`, major, minor };
  } catch (error) {
    if (error instanceof AppError && UNTOLD.has(error.code)) return undefined;
    throw error;
  }
}

const UNTOLD: ReadonlySet<string> = new Set(['forbidden', 'not-found', 'cluster-refused']);
