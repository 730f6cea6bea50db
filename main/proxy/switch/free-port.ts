import { randomInt } from 'node:crypto';
import { createServer } from 'node:http';
import { AppError } from '../../base/errors.ts';
import { listenOnLoopback } from '../../base/loopback.ts';

/** Below what systems give to outgoing connections (Linux: from 32768), so that none of these has it at the next start. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;
const MOST_TRIES = 50;

/** A port of 127.0.0.1 that nothing listens on now, and that is likely to stay free. */
export async function findFreePort(
  choose: () => number = () => randomInt(FIRST_PORT, LAST_PORT + 1),
): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const port = choose();
    if (await isFree(port)) return port;
  }
  throw new AppError('proxy-failed', `none of ${MOST_TRIES} ports of 127.0.0.1 is free`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await listenOnLoopback(server, port);
  } catch {
    return false;
  }
  await new Promise((resolve) => server.close(resolve));
  return true;
}
