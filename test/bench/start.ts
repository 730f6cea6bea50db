import { readFile } from 'node:fs/promises';
import { type IPty, spawn as spawnPty } from '@lydell/node-pty';
import type { CDPSession, Page } from 'playwright-core';
import { SHELL_COMMAND } from '../../main/exec/shell-choice.ts';
import { startApp } from '../fakes/app-process.ts';
import { createWindow, WINDOW_SIZE } from '../fakes/app-window.ts';
import { launchChromium } from '../fakes/chromium.ts';
import { kubectlEnvironment, kubectlPath, runKubectl } from '../fakes/demo-kubectl.ts';
import { startDemoProcess } from './demo-process.ts';
import { type Contender, compare, formatStandings } from './statistics.ts';
import { CONTAINER, CONTEXT, NAMESPACE, POD } from './work.ts';

/**
 * How long it takes from starting the app until one can work with it, what it takes of memory when nothing happens, and
 * what each shell adds, in the browser host and a Chromium that runs already. kubectl is the peer: it lists the pods,
 * and runs a process for each shell. Nothing is asserted. Electron has a browser of its own to start and to keep, which
 * this does not tell.
 */
const ROUNDS = 5;
const SHELLS = 10;
const MIB = 1024 * 1024;
/** For what is still being done after a start, and for what was freed to be given back. */
const SETTLE_MS = 5_000;

const demo = await startDemoProcess();
const browser = await launchChromium();
const environment = { KUBECONFIG: demo.kubeconfigPath };

/** No cluster is asked anything before its context was chosen. */
async function choosePods(page: Page): Promise<void> {
  await page.getByRole('option', { name: CONTEXT }).click();
  await createWindow(page).pod(/^web-/).waitFor();
}

/** Milliseconds until pods can be opened with a key. */
async function startUntilUsable(): Promise<number> {
  const startedAt = performance.now();
  const app = await startApp({ environment });
  const page = await browser.newPage({ viewport: WINDOW_SIZE });
  await page.goto(app.link);
  await choosePods(page);
  const took = performance.now() - startedAt;
  await page.close();
  await app.stop();
  return took;
}

async function listByKubectl(kubectl: string): Promise<number> {
  const startedAt = performance.now();
  const args = [`--context=${CONTEXT}`, '-n', NAMESPACE, 'get', 'pods'];
  const { code } = await runKubectl(demo.kubeconfigPath, args, { program: kubectl });
  if (code !== 0) throw new Error(`kubectl ended with ${code}`);
  return performance.now() - startedAt;
}

interface Memory {
  readonly coreBytes: number;
  readonly pageBytes: number;
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

/** Of the page what its scripts hold; of the core what is resident. */
async function weigh(core: () => Promise<number>, devtools: CDPSession): Promise<Memory> {
  await settle();
  await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize');
  return { coreBytes: await core(), pageBytes: heap?.value ?? 0 };
}

async function openShells(page: Page): Promise<void> {
  const window = createWindow(page);
  for (let opened = 1; opened <= SHELLS; opened += 1) {
    await window.openShell('web');
    await page.getByText(`REC ${opened} live`).waitFor();
  }
}

async function weighOurs(): Promise<void> {
  const app = await startApp({ environment });
  const page = await browser.newPage({ viewport: WINDOW_SIZE });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  await page.goto(app.link);
  await choosePods(page);
  const before = await weigh(app.residentBytes, devtools);
  await openShells(page);
  const after = await weigh(app.residentBytes, devtools);
  await page.close();
  await app.stop();
  const say = (what: string, { coreBytes, pageBytes }: Memory): void => {
    process.stdout.write(
      `  ${what}: core ${(coreBytes / MIB).toFixed(1)} MiB resident, page ${(pageBytes / MIB).toFixed(1)} MiB of scripts\n`,
    );
  };
  say('at rest', before);
  say(`each of ${SHELLS} recorded shells adds`, {
    coreBytes: (after.coreBytes - before.coreBytes) / SHELLS,
    pageBytes: (after.pageBytes - before.pageBytes) / SHELLS,
  });
}

async function weighKubectl(kubectl: string): Promise<void> {
  const args = [`--context=${CONTEXT}`, '-n', NAMESPACE, 'exec', '-it', POD, '-c', CONTAINER, '--'];
  const shells = Array.from({ length: SHELLS }, () =>
    spawnPty(kubectl, [...args, ...SHELL_COMMAND], { env: kubectlEnvironment(demo.kubeconfigPath) }),
  );
  await settle();
  const bytes = await Promise.all(shells.map(({ pid }) => residentBytes(pid)));
  await Promise.all(shells.map(endShell));
  const mean = bytes.reduce((total, one) => total + one, 0) / SHELLS;
  process.stdout.write(`  each kubectl exec: ${(mean / MIB).toFixed(1)} MiB resident\n`);
}

/** proc(5). */
async function residentBytes(processId: number): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

async function endShell(shell: IPty): Promise<void> {
  const ended = new Promise<void>((resolve) => shell.onExit(() => resolve()));
  shell.kill();
  await ended;
}

try {
  const contenders: Contender[] = [{ name: 'kubereel, its page', run: startUntilUsable }];
  if (kubectlPath) {
    const kubectl = kubectlPath;
    contenders.unshift({ name: 'kubectl get pods', run: () => listByKubectl(kubectl) });
  }
  const standings = await compare(contenders, ROUNDS);
  process.stdout.write(`${formatStandings('From a start to pods', 'ms', 'kubectl get pods', standings)}\n`);
  process.stdout.write('Memory\n');
  await weighOurs();
  if (kubectlPath) await weighKubectl(kubectlPath);
} finally {
  await browser.close();
  await demo.stop();
}
