import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Hundreds of workers and of processes of the command load the same sources: each is compiled once.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('../out/compile-cache', import.meta.url));

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    globalSetup: ['test/fakes/run-folder.ts'],
    setupFiles: ['test/fakes/leaks.ts'],
    // What hangs fails; what is slow since the machine does other things as well does not.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The usual second is short for a browser on a machine that does other things as well.
    expect: { poll: { timeout: 30_000 } },
    // Two cores: more workers make timing tests noisy and gain nothing.
    maxWorkers: 2,
    // Casts, plugins and ptys are real: a test that leaves one behind must fail, not hang the run.
    teardownTimeout: 5_000,
    reporters: ['default', './build/closing-line.ts'],
  },
});
