import { parseArgs } from 'node:util';
import { createProcessIo, formatFailure } from './commands/io.ts';
import { runCommand } from './commands/run.ts';
import { hasDisplay, runServe } from './commands/serve.ts';

/** The app without Electron: the same core behind the browser host. Started by `npm start`. */
const io = createProcessIo(process);
try {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      demo: { type: 'boolean', default: false },
      'no-open': { type: 'boolean', default: false },
    },
  });
  const open = !values['no-open'] && hasDisplay(process.env, process.platform);
  await runCommand(io, (core, options) =>
    runServe(core, { port: Number(values.port), demo: values.demo, open }, io, options),
  );
} catch (error) {
  process.exitCode = 2;
  await io.writeError(formatFailure(error));
}
