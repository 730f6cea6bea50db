import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import {
  COMMAND_ENTRIES,
  coreOptions,
  DESKTOP_ENTRIES,
  PAGE_FILES,
  preloadOptions,
  THREAD_ENTRIES,
} from '../core-bundle.ts';
import { pageOptions } from '../page-bundle.ts';

/** Packages that are there at run time as they were published, or given by what runs the bundle. */
const EXTERNAL = ['electron', '@lydell/node-pty', '@napi-rs/canvas', 'asciinema-player'];

/** Packages written as CommonJS ask for Node's own modules by `require`, which a module does not have. */
const REQUIRE =
  "import { createRequire as createRequireHere } from 'node:module'; const require = createRequireHere(import.meta.url);";

/**
 * Builds what runs into `folder`, packages bundled, without maps. The desktop app's part is for the archive; the
 * command's part, with the threads of both and a page of its own, is for plain Node, which reads no archive.
 * Returns what went into it.
 */
export async function bundlePackage(root: string, folder: string): Promise<readonly Metafile[]> {
  const commandFolder = join(folder, 'command');
  const packed: BuildOptions = {
    absWorkingDir: root,
    sourcemap: false,
    minify: true,
    // Their texts are in the list of licences.
    legalComments: 'none',
    metafile: true,
  };
  const core: BuildOptions = {
    ...coreOptions,
    ...packed,
    // Error messages name functions and classes.
    keepNames: true,
    external: EXTERNAL,
    // A package in CommonJS has no names where it is imported later, so that its other form is taken where it has one.
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    // Modules that are imported when they are needed stay in files of their own.
    splitting: true,
  };
  const page: BuildOptions = { ...pageOptions, ...packed, entryPoints: { app: 'renderer/app.tsx' } };
  const results = await Promise.all([
    build({ ...core, outdir: folder, entryPoints: DESKTOP_ENTRIES, chunkNames: 'app-[hash]' }),
    build({
      ...core,
      outdir: commandFolder,
      entryPoints: { ...COMMAND_ENTRIES, ...THREAD_ENTRIES },
      chunkNames: 'part-[hash]',
    }),
    build({ ...preloadOptions, ...packed, outdir: folder }),
    ...[folder, commandFolder].map((place) => build({ ...page, outdir: join(place, 'page') })),
  ]);
  for (const place of [folder, commandFolder]) {
    await mkdir(join(place, 'page'), { recursive: true });
    for (const file of PAGE_FILES) await copyFile(join(root, 'renderer', file), join(place, 'page', file));
  }
  return results.flatMap(({ metafile }) => (metafile ? [metafile] : []));
}

/** The packages whose code is in bundles, by their folders, relative to the root. */
export function listBundledModules(metafiles: readonly Metafile[]): readonly string[] {
  const folders = new Set<string>();
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
        if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
      }
    }
  }
  return [...folders].sort();
}
