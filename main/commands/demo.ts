import type { Core } from '../compose.ts';
import type { CommandIo } from './io.ts';

/** Runs the demo cluster until Ctrl-C; the first line of standard output is its kubeconfig's path. */
export async function runDemo(
  core: Core,
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  await core.demo.start();
  const { kubeconfigPath } = core.demo.snapshot();
  await io.write(`${kubeconfigPath}\n`);
  await io.writeError(
    `The demo cluster runs until Ctrl-C. Its pods' shells are real shells of this machine.\n` +
      `  export KUBECONFIG=${kubeconfigPath}\n`,
  );
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return 0;
}
