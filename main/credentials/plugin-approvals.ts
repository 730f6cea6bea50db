import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { writeFileAtomically } from '../base/atomic-file.ts';
import type { Clock } from '../base/clock.ts';
import { AppError, systemCode } from '../base/errors.ts';
import { createTurns } from '../base/turns.ts';
import { maskArguments } from './visible-text.ts';

/** What the user gave leave to run: this program with these arguments, because this kubeconfig says so. */
export interface PluginUse {
  readonly kubeconfigPath: string;
  /** Absolute. */
  readonly path: string;
  readonly args: readonly string[];
}

/** One that was allowed, as it is kept and listed. */
export interface Approval {
  readonly kubeconfigPath: string;
  readonly path: string;
  /** What looks like a secret is masked; `digest` is over the true ones. */
  readonly args: readonly string[];
  /** SHA-256 of the use, hexadecimal. */
  readonly digest: string;
  readonly allowedAtMs: number;
}

/**
 * The leave that was given, in a file of its own that several processes share: each question reads it, so that one
 * that was forgotten elsewhere is not believed.
 */
export interface PluginApprovals {
  list(): Promise<readonly Approval[]>;
  has(use: PluginUse): Promise<boolean>;
  add(use: PluginUse): Promise<void>;
  /** Takes back the leave of those that match; resolves with how many. */
  remove(matches: (approval: Approval) => boolean): Promise<number>;
}

const fileSchema = v.object({
  version: v.literal(1),
  plugins: v.array(
    v.object({
      kubeconfigPath: v.string(),
      path: v.string(),
      args: v.array(v.string()),
      digest: v.string(),
      allowedAtMs: v.number(),
    }),
  ),
});

/** A user has a handful; the oldest go first. */
const MAX_APPROVALS = 1_000;

export function createPluginApprovals(needs: {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly file: string;
}): PluginApprovals {
  const turns = createTurns();

  /** Leave that cannot be read was not given. */
  async function list(): Promise<readonly Approval[]> {
    try {
      return v.parse(fileSchema, JSON.parse(await readFile(needs.file, 'utf8'))).plugins;
    } catch {
      return [];
    }
  }

  async function write(plugins: readonly Approval[]): Promise<void> {
    const kept = plugins.slice(-MAX_APPROVALS);
    try {
      await writeFileAtomically(needs.file, `${JSON.stringify({ version: 1, plugins: kept }, null, 2)}\n`);
    } catch (cause) {
      throw new AppError('plugin-refused', `leave for a plugin could not be kept in ${needs.file}`, {
        hint: 'Check that the folder is yours to write, and that the disk is not full.',
        detail: systemCode(cause) ?? String(cause),
        cause,
      });
    }
  }

  return {
    list,
    async has(use) {
      const digest = digestUse(use);
      return (await list()).some((approval) => approval.digest === digest);
    },
    add(use) {
      return turns.take(async () => {
        const digest = digestUse(use);
        const others = (await list()).filter((approval) => approval.digest !== digest);
        const { kubeconfigPath, path } = use;
        const args = maskArguments(use.args);
        await write([...others, { kubeconfigPath, path, args, digest, allowedAtMs: needs.clock.nowMs() }]);
      });
    },
    remove(matches) {
      return turns.take(async () => {
        const all = await list();
        const kept = all.filter((approval) => !matches(approval));
        if (kept.length < all.length) await write(kept);
        return all.length - kept.length;
      });
    },
  };
}

function digestUse({ kubeconfigPath, path, args }: PluginUse): string {
  return createHash('sha256')
    .update(JSON.stringify([kubeconfigPath, path, args]))
    .digest('hex');
}
