import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Which files are the kubeconfig, in the order in which they are merged. */
export interface KubeconfigPlaces {
  /** Who named them: a missing file of `flag` is an error, and that all of `environment` are is worth a warning. */
  readonly namedBy: 'flag' | 'environment' | 'home';
  readonly paths: readonly string[];
}

export interface PlacesNeeds {
  readonly environment: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** Value of `--kubeconfig`; empty counts as not given. */
  readonly explicitPath?: string | undefined;
}

/**
 * Where kubectl looks: the file that is named, alone; else `$KUBECONFIG`'s list, each path once; else
 * `.kube/config` in the home folder (clientcmd, loader.go; homedir, homedir.go).
 */
export async function findKubeconfigs(needs: PlacesNeeds): Promise<KubeconfigPlaces> {
  const { environment, platform, explicitPath } = needs;
  if (explicitPath) return { namedBy: 'flag', paths: [explicitPath] };
  const list = environment['KUBECONFIG'];
  if (list) {
    const paths = [...new Set(list.split(delimiter).filter((path) => path !== ''))];
    return { namedBy: 'environment', paths };
  }
  const homes = platform === 'win32' ? windowsHomes(environment) : [environment['HOME'] || homedir()];
  const candidates = homes.map((home) => join(home, '.kube', 'config'));
  for (const path of candidates) if (await exists(path)) return { namedBy: 'home', paths: [path] };
  return { namedBy: 'home', paths: candidates.slice(0, 1) };
}

/** In kubectl's order of search. Where none has a kubeconfig, the first is where one is expected to appear. */
function windowsHomes(environment: NodeJS.ProcessEnv): readonly string[] {
  const { HOME, HOMEDRIVE, HOMEPATH, USERPROFILE } = environment;
  const homes = [HOME, HOMEDRIVE && HOMEPATH && `${HOMEDRIVE}${HOMEPATH}`, USERPROFILE];
  const known = homes.filter((home): home is string => Boolean(home));
  return known.length > 0 ? known : [homedir()];
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
