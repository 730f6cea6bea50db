import { resolve } from 'node:path';
import * as v from 'valibot';
import { readKubeconfigFile } from './kubeconfig-file.ts';
import { findKubeconfigs, type KubeconfigPlaces, type PlacesNeeds } from './kubeconfig-places.ts';

/** Name of the entry in a derived kubeconfig's `extensions` that tells which files it was derived from. */
const EXTENSION = 'kubereel-origin';

const extensionsSchema = v.array(
  v.union([
    v.object({ name: v.literal(EXTENSION), extension: v.object({ paths: v.array(v.string()) }) }),
    v.object({ name: v.string() }),
  ]),
);

/** What a derived kubeconfig has beside its entries; kubectl keeps it when it changes the file. */
export function formatOrigin(paths: readonly string[]): Readonly<Record<string, unknown>> {
  return { extensions: [{ name: EXTENSION, extension: { paths: paths.map((path) => resolve(path)) } }] };
}

/** Undefined where the file does not tell. */
export function parseOrigin(others: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const parsed = v.safeParse(extensionsSchema, others['extensions']);
  if (!parsed.success) return undefined;
  return parsed.output.flatMap((one) => ('extension' in one ? [one.extension.paths] : []))[0];
}

/**
 * As `findKubeconfigs`, and behind the kubeconfig that was derived for our own proxy the files that it was derived from: who
 * uses that one has chosen a context in it, and is to reach the cluster and not, through us, ourselves.
 */
export async function findOwnKubeconfigs(needs: PlacesNeeds, derivedPath: string): Promise<KubeconfigPlaces> {
  const named = await findKubeconfigs(needs);
  if (!named.paths.some((path) => isSamePath(path, derivedPath))) return named;
  const origins = (await readOrigin(derivedPath)) ?? (await findAtHome(needs));
  const paths = named.paths.flatMap((path) => (isSamePath(path, derivedPath) ? [path, ...origins] : [path]));
  return { namedBy: 'environment', paths: [...new Set(paths)] };
}

export function isSamePath(one: string, other: string): boolean {
  return resolve(one) === resolve(other);
}

/** One that is damaged is told where it is loaded. */
async function readOrigin(derivedPath: string): Promise<readonly string[] | undefined> {
  const file = await readKubeconfigFile(derivedPath).catch(() => undefined);
  return file && parseOrigin(file.others)?.filter((path) => !isSamePath(path, derivedPath));
}

async function findAtHome({ environment, platform }: PlacesNeeds): Promise<readonly string[]> {
  const { KUBECONFIG: _derived, ...others } = environment;
  return (await findKubeconfigs({ environment: others, platform })).paths;
}
