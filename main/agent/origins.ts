import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { writeFileAtomically } from '../base/atomic-file.ts';
import type { Clock } from '../base/clock.ts';
import { AppError, systemCode } from '../base/errors.ts';
import { createEmitter, type Dispose, type Event } from '../base/event.ts';
import { holdFileLock } from '../base/file-lock.ts';
import { isSameSecret, makeSecret } from '../base/loopback.ts';
import { readOrigin } from './origin.ts';

/** A page that the user lets open commands. */
export interface AllowedOrigin {
  readonly origin: string;
  /** Unix milliseconds. */
  readonly allowedAtMs: number;
  /** Tells one token of it from the next; says nothing of either. */
  readonly grantId: string;
}

/**
 * Which pages may, in a file that several processes share: each question reads it, so that one that was removed elsewhere is
 * not believed. Of a token it has the hash, so that whoever reads it is no page.
 */
export interface Origins {
  list(): Promise<readonly AllowedOrigin[]>;
  /**
   * Lets the page at this address in and resolves with its token, which is told nowhere else. The token that it had is
   * none any more. Rejects with `bad-input`, as `readOrigin`.
   */
  allow(address: string): Promise<{ readonly origin: string; readonly token: string }>;
  /** Rejects with `not-found`. */
  remove(origin: string): Promise<void>;
  /** The grant that this token is of. */
  find(origin: string, token: string): Promise<AllowedOrigin | undefined>;
  /** This process or another has changed it. Watched while somebody listens. */
  readonly onChanged: Event<void>;
}

export interface OriginsNeeds {
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  readonly file: string;
  watchFiles(paths: readonly string[], onChanged: () => void): Dispose;
}

const fileSchema = v.object({
  version: v.literal(1),
  origins: v.array(
    v.object({
      origin: v.string(),
      /** SHA-256, hexadecimal. Tokens have 256 bits: no salt and no slow hash makes them harder to guess. */
      tokenHash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
      allowedAtMs: v.number(),
    }),
  ),
});

type Grant = v.InferOutput<typeof fileSchema>['origins'][number];

/** A user has a handful; the oldest go first. */
const MAX_ORIGINS = 100;
const GRANT_ID_LENGTH = 12;

export function createOrigins({ clock, file, watchFiles }: OriginsNeeds): Origins {
  const changed = createEmitter<void>();
  let listeners = 0;
  let stopWatching: Dispose = () => {};

  /** What cannot be read allows nobody. */
  async function read(): Promise<readonly Grant[]> {
    try {
      return v.parse(fileSchema, JSON.parse(await readFile(file, 'utf8'))).origins;
    } catch {
      return [];
    }
  }

  function change(how: (grants: readonly Grant[]) => readonly Grant[]): Promise<void> {
    return holdFileLock(clock, `${file}.lock`, async () => {
      const origins = how(await read()).slice(-MAX_ORIGINS);
      await writeFileAtomically(file, `${JSON.stringify({ version: 1, origins }, null, 2)}\n`);
      // Here at once; the watch tells the others.
      changed.fire();
    }).catch((cause: unknown) => {
      if (cause instanceof AppError) throw cause;
      throw new AppError('internal', `the allowed pages could not be kept in ${file}`, {
        hint: 'Check that the folder is yours to write, and that the disk is not full.',
        detail: systemCode(cause) ?? String(cause),
        cause,
      });
    });
  }

  return {
    list: async () => (await read()).map(toAllowed),
    async allow(address) {
      const origin = readOrigin(address);
      const token = makeSecret();
      const grant = { origin, tokenHash: hash(token), allowedAtMs: clock.nowMs() };
      await change((grants) => [...grants.filter((each) => each.origin !== origin), grant]);
      return { origin, token };
    },
    remove: (origin) =>
      change((grants) => {
        const kept = grants.filter((each) => each.origin !== origin);
        if (kept.length === grants.length) {
          throw new AppError('not-found', 'that page is not allowed as it is', {
            hint: '`kubereel origins list` shows those that are.',
          });
        }
        return kept;
      }),
    async find(origin, token) {
      const grant = (await read()).find((each) => each.origin === origin);
      return grant && isSameSecret(hash(token), grant.tokenHash) ? toAllowed(grant) : undefined;
    },
    onChanged(listener) {
      if (listeners === 0) stopWatching = watchFiles([file], () => changed.fire());
      listeners += 1;
      const stop = changed.event(listener);
      let isStopped = false;
      return () => {
        if (isStopped) return;
        isStopped = true;
        stop();
        listeners -= 1;
        if (listeners === 0) stopWatching();
      };
    },
  };
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function toAllowed({ origin, allowedAtMs, tokenHash }: Grant): AllowedOrigin {
  return { origin, allowedAtMs, grantId: tokenHash.slice(0, GRANT_ID_LENGTH) };
}
