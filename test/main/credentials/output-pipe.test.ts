import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openOutputPipe } from '../../../main/credentials/output-pipe.ts';

describe.skipIf(process.platform === 'win32')('an output pipe', () => {
  test('gives all that was written by its end, and is gone then', async () => {
    const pipe = await openOutputPipe('');
    const chunks: Buffer[] = [];
    pipe.onData((bytes) => chunks.push(bytes));
    const writer = spawn('/bin/sh', ['-c', 'head -c 300000 /dev/zero > "$0"', pipe.path]);
    await once(writer, 'exit');
    await pipe.finish();
    expect(Buffer.concat(chunks)).toHaveLength(300_000);
    await pipe.close();
    await expect(stat(dirname(pipe.path))).rejects.toThrow('ENOENT');
  });

  test('is a pipe, and this user’s alone', async () => {
    const pipe = await openOutputPipe('');
    const state = await stat(pipe.path);
    expect(state.isFIFO()).toBe(true);
    expect(state.mode & 0o777).toBe(0o600);
    expect((await stat(dirname(pipe.path))).mode & 0o777).toBe(0o700);
    await pipe.close();
  });

  test('does not wait for ever for a writer that stays', async () => {
    const pipe = await openOutputPipe('');
    const chunks: string[] = [];
    pipe.onData((bytes) => chunks.push(bytes.toString()));
    const writer = spawn('/bin/sh', ['-c', 'exec > "$0"; echo ready; exec sleep 600', pipe.path]);
    while (chunks.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await pipe.finish();
    expect(chunks.join('')).toBe('ready\n');
    writer.kill();
    await pipe.close();
  });

  test('nobody ever wrote to ends too', async () => {
    const pipe = await openOutputPipe('');
    await pipe.finish();
    await pipe.close();
    await pipe.close();
  });
});
