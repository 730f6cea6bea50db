import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import type { Machine } from './machine.ts';
import { bundlePackage } from './package-bundle.ts';
import { copyPackagedModules } from './packaged-modules.ts';
import { writeUpdateSource } from './update-source.ts';

/** What of our package.json the app needs at run time, or electron-builder to describe it. */
const KEPT = ['name', 'version', 'description', 'license', 'author', 'homepage', 'type', 'main'] as const;

/** The app as it goes into packages: bundles, the few packages beside them, and a package.json without the rest. */
export async function stageApp(root: string, machine: Machine, folder: string): Promise<readonly Metafile[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const metafiles = await bundlePackage(root, join(folder, 'out'));
  await writeUpdateSource(join(folder, 'out'), process.env);
  await copyPackagedModules(machine, join(root, 'node_modules'), join(folder, 'node_modules'));
  const own = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const kept = Object.fromEntries(KEPT.map((key) => [key, own[key]]));
  await writeFile(
    join(folder, 'package.json'),
    `${JSON.stringify({ ...kept, productName: 'Kubereel', desktopName: 'kubereel.desktop' }, null, 2)}\n`,
  );
  return metafiles;
}
