import { until } from './until.ts';

/** Has a process listen to its inspector, on a port that is free. */
export const INSPECTED: NodeJS.ProcessEnv = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/** Throws inside a process where nobody catches it; `errors` is what it has written to standard error. */
export async function throwInside(errors: () => string, message: string): Promise<void> {
  const address = await until(() => /Debugger listening on (ws:\S+)/.exec(errors())?.[1]);
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });
  const expression = `setTimeout(() => { throw new Error(${JSON.stringify(message)}); })`;
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }));
  // The answer, unless the process has gone before it was told.
  await new Promise((resolve) => {
    socket.addEventListener('message', resolve, { once: true });
    socket.addEventListener('close', resolve, { once: true });
  });
  socket.close();
}
