/**
 * `node --import …/register.ts out/main.mjs`: runs the app's real bundles with the stand-in for Electron.
 * Nothing but the module `electron` is replaced.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const standIn = new URL('electron.ts', import.meta.url).href;
const facts = new URL('../../../node_modules/electron/package.json', import.meta.url);

// What asks whether it runs within Electron is told that it does.
const { version } = JSON.parse(readFileSync(facts, 'utf8')) as { version: string };
Object.defineProperty(process, 'versions', { value: { ...process.versions, electron: version } });

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: standIn, shortCircuit: true } : next(specifier, context),
});

const { app, beginApp } = await import('./app.ts');
const { serveControl } = await import('./control.ts');
// After the main script's own beginning, as Electron's `ready` is.
setImmediate(async () => {
  const engine = await beginApp();
  serveControl(engine);
  app.begin(engine);
});
