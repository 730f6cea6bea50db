import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { ContainerProcess } from '../../../main/demo/container-process.ts';
import { startPipedProcess } from '../../../main/demo/piped-process.ts';

const never = new AbortController().signal;

function startShell(script: string, hasInput = true): Promise<ContainerProcess> {
  return startPipedProcess(
    {
      executable: '/bin/sh',
      args: ['-c', script],
      folder: tmpdir(),
      environment: { PATH: '/usr/bin:/bin', WORD: 'given' },
    },
    { hasInput },
  );
}

async function readAll(source: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const bytes of source ?? []) chunks.push(bytes);
  return Buffer.concat(chunks);
}

describe.skipIf(process.platform === 'win32')('a program on pipes', () => {
  test('its two outputs are apart, and its exit code is known', async () => {
    const process = await startShell('echo out; echo err >&2; exit 7');
    const [out, err] = await Promise.all([readAll(process.stdout), readAll(process.stderr)]);
    expect([out.toString(), err.toString(), await process.exited]).toEqual(['out\n', 'err\n', 7]);
  });

  test('it sees the environment that it is given and no other', async () => {
    const process = await startShell('echo $WORD; env | grep -c ^HOME=');
    expect((await readAll(process.stdout)).toString()).toBe('given\n0\n');
    await process.exited;
  });

  test('a signal counts as 128 and its number', async () => {
    const process = await startShell('kill -TERM $$');
    expect(await process.exited).toBe(143);
  });

  test('bytes pass unchanged until the end of input', async () => {
    const process = await startShell('cat');
    const input = randomBytes(1_000_000);
    const output = readAll(process.stdout);
    await process.write(input, { signal: never });
    await process.closeInput({ signal: never });
    expect((await output).equals(input)).toBe(true);
    expect(await process.exited).toBe(0);
  });

  test('a write waits for a program that does not read, and gives up with the signal', async () => {
    const process = await startShell('read line; echo started; exec sleep 600');
    const stop = new AbortController();
    await process.write(Buffer.from('go\n'), { signal: stop.signal });
    const stuck = (async () => {
      for (;;) await process.write(Buffer.alloc(256 * 1024), { signal: stop.signal });
    })();
    const reader = process.stdout[Symbol.asyncIterator]();
    expect(Buffer.from((await reader.next()).value).toString()).toBe('started\n');
    stop.abort(new Error('given up'));
    await expect(stuck).rejects.toThrow();
    globalThis.process.kill(process.pid, 'SIGKILL');
    expect(await process.exited).toBe(137);
  });

  test('a write to a program that has ended is dropped', async () => {
    const process = await startShell('exit 0');
    await process.exited;
    await process.write(Buffer.alloc(1_000_000), { signal: never });
    await process.write(Buffer.alloc(1_000_000), { signal: never });
  });

  test('without input it reads an empty file', async () => {
    const process = await startShell('cat; echo done', false);
    await process.write(Buffer.from('lost'), { signal: never });
    expect((await readAll(process.stdout)).toString()).toBe('done\n');
    expect(await process.exited).toBe(0);
  });

  test('it leads a process group of its own', async () => {
    const process = await startShell('ps -o pgid= -p $$ 2>/dev/null || cut -d" " -f5 /proc/$$/stat');
    expect(Number((await readAll(process.stdout)).toString())).toBe(process.pid);
    await process.exited;
  });

  test('what the system cannot start is an error', async () => {
    const plan = { executable: '/nosuch/program', args: [], folder: tmpdir(), environment: {} };
    await expect(startPipedProcess(plan, { hasInput: true })).rejects.toThrow('ENOENT');
  });
});
