// covers: build/package/packaged-modules.ts
// covers: build/package/package-bundle.ts
// covers: build/package/command-walk.ts

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { walkCommand } from '../../../build/package/command-walk.ts';
import { thisMachine } from '../../../build/package/machine.ts';
import { listBundledModules } from '../../../build/package/package-bundle.ts';
import { findMissingModules } from '../../../build/package/packaged-modules.ts';
import { stageApp } from '../../../build/package/stage.ts';
import { makeCast, postV2 } from '../../fakes/recorder-posts.ts';
import { startFakeS3 } from '../../fakes/s3.ts';
import { until } from '../../fakes/until.ts';

/** The app as it is packaged, far from the repository's node_modules, so that nothing is found by chance. */
const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Bundling everything, and ten starts of the command, beside all else that a machine does. */
const LIMIT_MS = 300_000;
let place: string;
let app: string;
let metafiles: readonly Metafile[];
let files: readonly string[];

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'kubereel-stage-'));
  app = join(place, 'app');
  metafiles = await stageApp(root, thisMachine(), app);
  const entries = await readdir(app, { recursive: true, withFileTypes: true });
  files = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(app.length + 1)
        .replaceAll('\\', '/'),
    );
}, LIMIT_MS);
afterAll(() => rm(place, { recursive: true, force: true }));

test(
  'the packaged command opens a shell, finds its recording and hands it on, with nothing but its own files',
  async () => {
    const version = await walkCommand({
      command: [process.execPath, join(app, 'out', 'command', 'cli.mjs')],
      home: await mkdtemp(join(place, 'home-')),
      environment: { PATH: process.env['PATH'] ?? '' },
    });
    expect(version).toBe(JSON.parse(await readFile(join(app, 'package.json'), 'utf8')).version);
  },
  LIMIT_MS,
);

test('the packaged recorder stores in a bucket, with what it imports for that alone', async () => {
  const s3 = await startFakeS3();
  const home = await mkdtemp(join(place, 'recorder-'));
  const args = ['recorder', '--listen', '127.0.0.1:0', '--s3', s3.bucket, '--s3-endpoint', s3.url];
  const recorder = spawn(
    process.execPath,
    [join(app, 'out', 'command', 'cli.mjs'), ...args, '--s3-path-style', '--s3-region', 'eu-1'],
    {
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        KUBEREEL_HOME: home,
        AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    let url: string | undefined;
    for await (const line of createInterface({ input: recorder.stdout })) {
      url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (url !== undefined) break;
    }
    const post = postV2(url ?? '');
    post.stream.end(makeCast());
    expect(await post.status).toBe(200);
    await post.ended;
    await until(() => [...s3.objects.keys()].some((key) => key.endsWith('.cast')));
  } finally {
    recorder.kill('SIGTERM');
    if (recorder.exitCode === null) await once(recorder, 'close');
  }
});

test('the native parts beside the bundles load and work', async () => {
  const script = `
    const terminal = require('@lydell/node-pty').spawn(process.execPath, ['-p', '6 * 7'], {});
    terminal.onData((text) => process.stdout.write(text));
    terminal.onExit(() => process.exit());`;
  const child = spawn(process.execPath, ['-e', script], { cwd: app, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (bytes) => {
    said += bytes;
  });
  await once(child, 'close');
  expect(said).toContain('42');
});

test('no source, map, type, test or readme is taken along', () => {
  expect(files.filter((file) => /\.(ts|tsx|map|md|wat)$|(^|\/)test/i.test(file))).toEqual([]);
});

test('development tools are in no bundle', () => {
  const bundled = listBundledModules(metafiles);
  expect(bundled).toContain('node_modules/undici');
  expect(bundled.filter((name) => /electron-builder|vitest|playwright|esbuild|axe-core/.test(name))).toEqual(
    [],
  );
});

test('what is imported later stays out of what each start reads', () => {
  const inputsOf = (entry: string): string[] =>
    metafiles.flatMap(({ outputs }) =>
      Object.values(outputs)
        .filter(({ entryPoint }) => entryPoint === entry)
        .flatMap(({ inputs }) => Object.keys(inputs)),
    );
  expect(inputsOf('main/cli.ts')).toContain('main/cli.ts');
  for (const entry of ['main/cli.ts', 'main/index.ts']) {
    expect(inputsOf(entry).filter((input) => /@aws-sdk|@peculiar/.test(input))).toEqual([]);
  }
});

test('a system whose native parts npm did not install is told apart', () => {
  expect(findMissingModules(thisMachine(), join(root, 'node_modules'))).toEqual([]);
  const other = thisMachine().platform === 'darwin' ? 'linux' : 'darwin';
  expect(findMissingModules({ platform: other, arch: 'arm64' }, join(root, 'node_modules'))).toHaveLength(2);
});
