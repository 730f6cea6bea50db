import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSystemClock } from '../../main/base/clock.ts';
import { createLifetime } from '../../main/base/lifetime.ts';
import { createLog } from '../../main/base/log.ts';
import { type Core, compose } from '../../main/compose.ts';
import { type Library, openLibrary } from '../../main/library/library.ts';
import { createCastWriter } from '../../main/recording/writing/cast-writer.ts';
import { type ContractClient, createClient } from '../../preload/client.ts';
import { compareRecordings, matchesQuery } from '../../preload/recording-query.ts';
import { wirePairs } from '../fakes/wires.ts';
import { median } from './statistics.ts';

/**
 * How long the list of a large library takes: 10,000 recordings unless LIBRARY_BENCH_RECORDINGS says otherwise, each
 * with its sealed sidecar and chain, as a writer leaves them. Nothing is asserted.
 */
const RECORDINGS = Number(process.env['LIBRARY_BENCH_RECORDINGS'] ?? 10_000);
const ROUNDS = 5;
const HOUR_MS = 3_600_000;
const MB = 1e6;
const CLI = fileURLToPath(new URL('../../out/cli.mjs', import.meta.url));
const clock = createSystemClock();
const log = createLog({ level: 'silent' });

/** One recording is written by the writer itself; the others are its files under other names, places and times. */
async function fillLibrary(folder: string, sampleFolder: string): Promise<void> {
  const details = {
    context: 'prod-eu',
    namespace: 'shop',
    pod: 'pod-of-the-sample',
    container: 'app',
    command: ['/bin/sh', '-c', 'command -v bash >/dev/null && exec bash || exec sh'],
    cluster: { name: 'prod-eu', server: 'https://10.20.30.40:6443' },
    podUid: '0b5ac1f6-7f0c-4b0e-9a53-5f7f8f5d1c11',
    image: 'registry.example/shop/web:1.25.3',
    imageId: `registry.example/shop/web@sha256:${'ab'.repeat(32)}`,
    node: 'node-7.prod-eu.example',
    user: 'alice@example.com',
    appVersion: '0.1.0',
    hasTty: true,
  };
  const size = { cols: 120, rows: 40 };
  const writer = await createCastWriter({ clock, folder: sampleFolder }, { details, size });
  for (let line = 0; line < 20; line += 1) {
    await writer.output(Buffer.from(`line ${line} of a session that was short\r\n`), clock.nowMicros());
  }
  await writer.close({ kind: 'exited', exitCode: 0 }, clock.nowMicros());
  const sample = writer.path.slice(0, -'.cast'.length);
  const kinds = ['.cast', '.json', '.chain'] as const;
  const texts = await Promise.all(kinds.map((kind) => readFile(`${sample}${kind}`, 'latin1')));
  const startedAtMs = String(JSON.parse(texts[1] ?? '').startedAtMs);
  for (let index = 0; index < RECORDINGS; index += 1) {
    const time = Date.UTC(2026, 0, 1) - index * HOUR_MS;
    const stamp = new Date(time).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
    const recordingId = `${stamp}-${index.toString(16).padStart(6, '0')}`;
    const rename = (text: string): string =>
      text
        .replaceAll(writer.recordingId, recordingId)
        .replaceAll('pod-of-the-sample', `web-${index % 97}-${(index * 7919) % 10_007}`)
        .replaceAll(startedAtMs, String(time));
    const files = kinds.map((kind, which) =>
      writeFile(join(folder, `${recordingId}${kind}`), rename(texts[which] ?? ''), 'latin1'),
    );
    await Promise.all(files);
  }
}

interface Opened {
  readonly library: Library;
  end(): Promise<void>;
}

async function open(home: string): Promise<Opened> {
  const life = createLifetime('bench');
  const folders = { folder: join(home, 'recordings'), cacheFolder: join(home, 'cache') };
  const needs = { clock, log, ...folders, knownKeyIds: async () => new Set<string>() };
  return { library: await openLibrary(needs, life), end: () => life.end() };
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function times(work: () => Promise<unknown>): Promise<string> {
  const values: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) values.push(await time(work));
  return `${median(values).toFixed(0)} ms (${values.map((value) => value.toFixed(0)).join(', ')})`;
}

/** With the processor time of all our threads, in which the machine's other work is not. */
async function costs(work: () => Promise<unknown>): Promise<string> {
  const before = process.cpuUsage();
  const told = await times(work);
  const { user, system } = process.cpuUsage(before);
  return `${told}, ${((user + system) / 1_000 / ROUNDS).toFixed(0)} CPU-ms`;
}

function usedHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function tell(name: string, result: string): void {
  process.stdout.write(`  ${name}: ${result}\n`);
}

async function benchCore(home: string): Promise<void> {
  const heapBefore = usedHeap();
  let heap = 0;
  const first = await time(async () => {
    const opened = await open(home);
    await opened.library.list();
    heap = usedHeap() - heapBefore;
    await opened.end();
  });
  tell(
    'first start ever, every file read',
    `${first.toFixed(0)} ms, then ${(heap / MB).toFixed(0)} MB of heap`,
  );
  tell(
    'start, list checked against the files',
    await costs(async () => {
      const opened = await open(home);
      await opened.library.list();
      await opened.end();
    }),
  );
  tell(
    'start, list before the files are looked at',
    await costs(async () => {
      const opened = await open(home);
      await opened.library.recall();
      await opened.end();
    }),
  );
  const { library, end } = await open(home);
  await library.list();
  tell('list again, checked against the files', await costs(() => library.list()));
  const rows = await library.list();
  tell(
    'filter, sort by pod',
    await costs(async () =>
      rows
        .filter((row) => matchesQuery({ words: ['web-9'], states: ['closed'] }, row))
        .sort(compareRecordings({ by: 'pod', isAscending: true })),
    ),
  );
  await end();
}

async function benchWire(home: string): Promise<void> {
  const core: Core = await compose({
    environment: { PATH: process.env['PATH'], KUBEREEL_HOME: home, KUBECONFIG: join(home, 'none') },
    platform: process.platform,
  });
  const pages = await core.openPages({ host: 'browser', newWindow: async () => ({ url: '' }) });
  for (const [name, connect] of Object.entries(wirePairs)) {
    const pair = await connect();
    pages.serve(pair.core);
    const client: ContractClient = createClient(pair.page);
    tell(`library.list, ${name}`, await costs(() => client.call('library.list', {})));
    await pair.release();
  }
  const answer = JSON.stringify(await (await core.library()).list()).length;
  tell('its answer', `${(answer / MB).toFixed(1)} MB`);
  await core.end();
}

async function benchCommand(home: string): Promise<void> {
  const environment = { PATH: process.env['PATH'], KUBEREEL_HOME: home, KUBECONFIG: join(home, 'none') };
  for (const args of [['sessions', '--json'], ['sessions', 'pod:web-96-*', '--limit', '20'], ['--version']]) {
    const result = await times(async () => {
      const child = spawn(process.execPath, [CLI, ...args], {
        env: environment,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      child.stdout.resume();
      await once(child, 'close');
    });
    tell(`kubereel ${args.join(' ')}`, result);
  }
}

const home = await mkdtemp(join(tmpdir(), 'kubereel-bench-library-'));
try {
  const folder = join(home, 'recordings');
  const sampleFolder = join(home, 'sample');
  for (const one of [folder, sampleFolder]) await mkdir(one, { mode: 0o700 });
  process.stdout.write(`The list of ${RECORDINGS} recordings\n`);
  await fillLibrary(folder, sampleFolder);
  await benchCore(home);
  await benchCommand(home);
  await benchWire(home);
} finally {
  await rm(home, { recursive: true, force: true });
}
