import { basename, resolve } from 'node:path';
import { AppError } from '../base/errors.ts';
import type { Core } from '../compose.ts';
import { isCastName } from '../recording/cast-path.ts';
import { type Verification, verifyRecording } from '../recording/integrity/verification.ts';
import { isOwnerAlive } from '../recording/owner.ts';
import type { CommandIo } from './io.ts';

export interface VerifyOptions {
  readonly names: readonly string[];
  readonly all: boolean;
  readonly allowRecovered: boolean;
  readonly json: boolean;
}

/** Compares recordings with their seals, offline. Exit code 0 only if all are well; live ones do not count. */
export async function runVerify(
  core: Core,
  { names, all, allowRecovered, json }: VerifyOptions,
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const paths = all ? await allPaths(core) : await Promise.all(names.map((name) => toPath(core, name)));
  if (paths.length === 0 && !all) {
    throw new AppError('bad-input', 'nothing to verify was named', {
      hint: 'Name recordings, or use --all.',
    });
  }
  const needs = { knownKeyIds: await core.signingKeys.knownKeyIds(), isOwnerAlive };
  const results: Verification[] = [];
  for (const path of paths) {
    const result = await verifyRecording(needs, path, { signal });
    results.push(result);
    if (!json) await io.write(`${result.recordingId}  ${describe(result)}\n`);
  }
  if (json) await io.write(`${JSON.stringify(results, null, 2)}\n`);
  const isWell = ({ verdict }: Verification): boolean =>
    verdict === 'intact' || verdict === 'live' || (allowRecovered && verdict === 'recovered');
  return results.every(isWell) ? 0 : 1;
}

async function allPaths(core: Core): Promise<string[]> {
  const library = await core.library();
  return (await library.list()).map(({ path }) => path);
}

/** A file by its name's end, else a recording of the library. */
async function toPath(core: Core, name: string): Promise<string> {
  if (isCastName(basename(name))) return resolve(name);
  const library = await core.library();
  return (await library.get(name)).path;
}

function describe({ verdict, reason, badBlock }: Verification): string {
  const place = badBlock
    ? `; first bad block: ${badBlock.index} (bytes ${badBlock.fromByte} to ${badBlock.toByte})`
    : '';
  return `${verdict}: ${reason}${place}`;
}
