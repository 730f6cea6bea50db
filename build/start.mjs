/** `npm start [-- --browser] [--demo] [--port N] [--no-open]`: builds, decides what can run here, and runs it. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decideStart, findElectron } from './start-decision.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);
const NODE_NEEDED = 24;
const FETCH_TIMEOUT_MS = 15 * 60_000;

if (Number.parseInt(process.versions.node, 10) < NODE_NEEDED) {
  fail(
    `Kubereel needs Node ${NODE_NEEDED}, this is ${process.versions.node}.`,
    'On Linux and Windows (x64) `npm install` brings it along; elsewhere install it and run `npm start` again.',
  );
}
const built = spawnSync(process.execPath, [join(root, 'build', 'bundle.mjs'), '--quiet'], {
  stdio: 'inherit',
});
if (built.status !== 0)
  fail('The build failed.', 'Run `npm install` first; the lines above say what is missing.');

const decision = await decideStart({
  arguments: args,
  environment: process.env,
  platform: process.platform,
  root,
});
process.stdout.write(`${decision.say}\n`);
if (decision.kind === 'electron') runElectron(decision.binary);
else if (decision.kind === 'fetch') fetchElectron();
else runBrowserHost();

function fetchElectron() {
  const fetched = spawnSync(process.execPath, [join(root, 'node_modules', 'electron', 'install.js')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: FETCH_TIMEOUT_MS,
    encoding: 'utf8',
  });
  const binary = fetched.status === 0 ? findElectron(process.env, root) : undefined;
  if (binary) {
    runElectron(binary);
    return;
  }
  const reason = fetched.stderr?.trim().split('\n')[0] || 'it took longer than 15 minutes';
  process.stdout.write(`Electron could not be fetched (${reason}). Starting in the browser.\n`);
  runBrowserHost();
}

function runElectron(binary) {
  const child = spawn(binary, [root, ...args], { stdio: ['inherit', 'inherit', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (bytes) => {
    errors = (errors + bytes).slice(-4_096);
    process.stderr.write(bytes);
  });
  child.on('error', (error) =>
    fail(`Electron could not be started: ${error.message}`, 'Try `npm start -- --browser`.'),
  );
  child.on('exit', (code) => {
    if (/SUID sandbox|namespace sandbox/i.test(errors)) {
      fail(
        'This system does not let Electron build its sandbox (AppArmor forbids user namespaces to unknown programs).',
        'Install the packaged app, which brings a profile for it, or run `npm start -- --browser`.',
      );
    }
    process.exitCode = code ?? 1;
  });
}

function runBrowserHost() {
  const passed = args.filter((arg) => arg !== '--browser');
  const child = spawn(process.execPath, [join(root, 'out', 'headless.mjs'), ...passed], { stdio: 'inherit' });
  // Ctrl-C and a closed terminal reach the child by themselves; it ends its shells and then itself.
  for (const name of ['SIGINT', 'SIGHUP']) process.on(name, () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

function fail(what, whatToDo) {
  process.stderr.write(`${what}\n${whatToDo}\n`);
  process.exit(1);
}
