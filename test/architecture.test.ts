import { readdir, readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/**
 * The walls of docs/ARCHITECTURE.md as data: which room may import which, and which packages.
 * Type imports count: a type is knowledge too.
 */
const ROOMS: Record<string, { rooms: readonly string[]; packages: readonly string[] }> = {
  'main/base': { rooms: [], packages: ['@peculiar/x509', 'pino', 'reflect-metadata'] },
  'main/credentials': { rooms: ['main/base'], packages: ['@lydell/node-pty', 'valibot', 'yaml'] },
  'main/kube': {
    rooms: ['main/base', 'main/credentials'],
    packages: ['socks', 'undici', 'ws', 'yaml', 'valibot'],
  },
  'main/exec': { rooms: ['main/base', 'main/kube'], packages: ['ws', 'valibot'] },
  'main/doctor': {
    rooms: ['main/base', 'main/credentials', 'main/kube', 'main/exec'],
    packages: [],
  },
  'main/recording': { rooms: ['main/base'], packages: ['age-encryption', 're2js', 'valibot'] },
  'main/terminal': {
    rooms: ['main/base'],
    packages: ['@xterm/headless', '@xterm/addon-unicode-graphemes'],
  },
  'main/session': {
    rooms: ['main/base', 'main/exec', 'main/recording', 'main/policy'],
    packages: [],
  },
  'main/proxy': {
    rooms: [
      'main/base',
      'main/credentials',
      'main/kube',
      'main/exec',
      'main/recording',
      'main/policy',
      'main/session',
    ],
    packages: ['valibot'],
  },
  'main/library': { rooms: ['main/base', 'main/recording'], packages: ['valibot'] },
  'main/exchange': {
    rooms: ['main/base', 'main/recording', 'main/terminal'],
    packages: ['@napi-rs/canvas', '@xterm/headless', 'valibot'],
  },
  'main/search': {
    rooms: ['main/base', 'main/library', 'main/recording', 'main/terminal'],
    packages: ['@xterm/headless'],
  },
  'main/replay': {
    rooms: ['main/base', 'main/recording', 'main/library', 'main/terminal', 'preload'],
    packages: ['@xterm/headless', 'valibot'],
  },
  'main/policy': { rooms: ['main/base'], packages: ['valibot', 'yaml'] },
  'main/updates': { rooms: ['main/base'], packages: ['valibot', 'yaml'] },
  'main/upload': {
    rooms: ['main/base', 'main/recording', 'main/library', 'main/policy', 'main/terminal'],
    packages: ['valibot', 'ws'],
  },
  'main/recorder-server': {
    rooms: ['main/base', 'main/recording'],
    packages: ['@aws-sdk/client-s3', '@aws-sdk/lib-storage', 'prom-client', 'valibot'],
  },
  'main/agent': {
    rooms: [
      'main/base',
      'main/exec',
      'main/kube',
      'main/policy',
      'main/recording',
      'main/session',
      // How a browser offers a token.
      'preload',
    ],
    packages: ['valibot', 'ws'],
  },
  'main/demo': {
    rooms: ['main/base'],
    packages: ['@lydell/node-pty', 'valibot', 'ws', 'yaml'],
  },
  'main/settings': { rooms: ['main/base'], packages: ['valibot'] },
  'main/bridge': {
    rooms: [
      'main/base',
      'main/agent',
      'main/credentials',
      'main/kube',
      'main/exec',
      'main/doctor',
      'main/recording',
      'main/session',
      'main/library',
      'main/search',
      'main/exchange',
      'main/replay',
      'main/demo',
      'main/settings',
      'main/policy',
      'main/updates',
      'main/upload',
      'main/proxy',
      'preload',
    ],
    packages: [],
  },
  'main/hosts/page': { rooms: ['main/base'], packages: [] },
  'main/hosts/browser': {
    rooms: ['main/base', 'main/bridge', 'main/hosts/page', 'preload'],
    packages: ['ws', 'valibot'],
  },
  'main/hosts/electron': {
    rooms: ['main/base', 'main/bridge', 'main/hosts/page', 'main/updates', 'preload'],
    packages: ['electron', 'electron-updater', 'electron-updater/out/providers/Provider', 'valibot'],
  },
  preload: { rooms: [], packages: ['valibot'] },
  renderer: {
    rooms: ['preload'],
    packages: [
      'preact',
      'preact/hooks',
      'preact/jsx-runtime',
      '@preact/signals',
      'lucide',
      '@xterm/xterm',
      '@xterm/addon-fit',
      '@xterm/addon-search',
      '@xterm/addon-serialize',
      '@xterm/addon-unicode-graphemes',
      '@xterm/addon-web-links',
      '@xterm/addon-webgl',
    ],
  },
};

/** The files that know all rooms: one story, told in parts. */
const COMPOSE = { rooms: ['*', 'main/bridge', 'preload', 'compose'], packages: [] };

/** Files that stand outside of the rooms, with what they may import. `*` is every room in main but the hosts. */
const ENTRIES: Record<string, { rooms: readonly string[]; packages: readonly string[] }> = {
  'main/compose.ts': COMPOSE,
  'main/compose-agent.ts': COMPOSE,
  'main/compose-announcement.ts': COMPOSE,
  'main/compose-kube.ts': COMPOSE,
  'main/compose-library.ts': COMPOSE,
  'main/compose-pages.ts': COMPOSE,
  'main/compose-policy.ts': COMPOSE,
  'main/compose-proxy.ts': COMPOSE,
  'main/compose-delivery.ts': COMPOSE,
  'main/compose-updates.ts': COMPOSE,
  'main/compose-upload.ts': COMPOSE,
  'main/compose-recorder.ts': COMPOSE,
  'main/version.ts': { rooms: [], packages: [] },
  'main/index.ts': {
    rooms: ['*', 'main/bridge', 'main/hosts/electron', 'main/hosts/page', 'compose', 'preload'],
    packages: ['electron'],
  },
  'main/headless.ts': { rooms: ['main/commands'], packages: [] },
  'main/cli.ts': {
    rooms: ['*', 'main/bridge', 'main/hosts/browser', 'main/commands', 'compose'],
    packages: ['commander'],
  },
  'preload/preload.ts': { rooms: ['preload'], packages: ['electron'] },
};
/** One file a `kubereel` command, beside their entry. */
const COMMANDS = {
  rooms: ['*', 'main/bridge', 'main/hosts/browser', 'main/commands', 'compose', 'preload'],
  packages: ['commander'],
};

const root = fileURLToPath(new URL('..', import.meta.url));

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

async function readSources(folder: string): Promise<SourceFile[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && /\.(ts|tsx)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })));
}

function importsOf(text: string): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

function roomOf(path: string): string {
  if (/^main\/(compose(-\w+)?|version)\.ts$/.test(path)) return 'compose';
  if (path.startsWith('main/hosts/')) return path.split('/').slice(0, 3).join('/');
  if (path.startsWith('main/')) return path.split('/').slice(0, 2).join('/');
  return path.split('/')[0] ?? '';
}

function rulesFor(path: string): { rooms: readonly string[]; packages: readonly string[] } | undefined {
  if (path.startsWith('main/commands/')) return COMMANDS;
  return ENTRIES[path] ?? ROOMS[roomOf(path)];
}

function breachesOf({ path, text }: SourceFile): string[] {
  const rules = rulesFor(path);
  if (!rules) return [`${path} stands in no known room`];
  const own = ENTRIES[path] ? '' : roomOf(path);
  return importsOf(text).flatMap((specifier) => {
    if (specifier.startsWith('.')) {
      const target = normalize(join(dirname(path), specifier)).replaceAll('\\', '/');
      const room = target === 'preload/preload.ts' ? target : roomOf(target);
      const isAllowed =
        room === own ||
        (target === 'package.json' && path === 'main/version.ts') ||
        rules.rooms.includes(room) ||
        (rules.rooms.includes('*') &&
          room.startsWith('main/') &&
          !/^main\/(hosts|bridge|commands)/.test(room));
      return isAllowed ? [] : [`${path} imports ${target}`];
    }
    if (isBuiltin(specifier)) {
      if (!path.startsWith('main/')) return [`${path} imports ${specifier}`];
      return specifier.startsWith('node:') ? [] : [`${path} imports ${specifier} without node:`];
    }
    if (specifier.endsWith('.css') && path.startsWith('renderer/')) return [];
    return rules.packages.includes(specifier) ? [] : [`${path} imports the package ${specifier}`];
  });
}

const sources = (await Promise.all(['main', 'preload', 'renderer'].map(readSources))).flat();

test('the scan sees the sources and their imports', () => {
  expect(sources.length).toBeGreaterThan(10);
  expect(importsOf("import type { A } from './a.ts';\nexport { b } from 'b';\nimport './c.css';")).toEqual([
    './a.ts',
    'b',
    './c.css',
  ]);
});

test('a planted breach of each kind is found', () => {
  const plant = (path: string, text: string): number => breachesOf({ path, text }).length;
  expect(plant('main/session/x.ts', "import { app } from 'electron';")).toBe(1);
  expect(plant('renderer/x.ts', "import type { A } from '../main/base/event.ts';")).toBe(1);
  expect(plant('renderer/x.ts', "import { readFile } from 'node:fs';")).toBe(1);
  expect(plant('main/recording/x.ts', "import { a } from '../../preload/contract.ts';")).toBe(1);
  expect(plant('main/compose.ts', "import { a } from './hosts/browser/browser-host.ts';")).toBe(1);
  expect(plant('main/nowhere/x.ts', '')).toBe(1);
  expect(plant('main/session/x.ts', "import { a } from '../recording/cast-writer.ts';")).toBe(0);
});

test('no file imports across a wall', () => {
  expect(sources.flatMap(breachesOf)).toEqual([]);
});

test('every source file has its test, or a test that says it covers it', async () => {
  const tests = await readSources('test');
  const names = new Set(tests.map((file) => file.path));
  const covered = new Set(
    tests.flatMap((file) => [...file.text.matchAll(/^\/\/ covers: (\S+)$/gm)].map((match) => match[1])),
  );
  const missing = sources
    .filter((file) => !isTypesOnly(file))
    .map((file) => file.path)
    .filter(
      (path) =>
        !covered.has(path) &&
        !names.has(`test/${path.replace(/\.tsx?$/, '.test.ts')}`) &&
        !names.has(`test/${path.replace(/\.tsx?$/, '.test.tsx')}`),
    );
  expect(missing).toEqual([]);
});

test('no source file is longer than 300 lines', () => {
  const long = sources.filter((file) => file.text.split('\n').length > 301).map((file) => file.path);
  expect(long).toEqual([]);
});

/** Nothing in it exists at run time: no function, no value, no class. */
function isTypesOnly({ path, text }: SourceFile): boolean {
  return (
    path.endsWith('.d.ts') ||
    !/^(export )?(default |async |declare )*(function|const|let|class)\b|^import '/m.test(text)
  );
}
