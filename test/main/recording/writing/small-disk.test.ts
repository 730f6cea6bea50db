// covers: main/recording/writing/line-file.ts
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseEvent, parseHeader } from '../../../../main/recording/cast/cast.ts';
import { createSigningKeys } from '../../../../main/recording/integrity/signing-keys.ts';
import { verifyRecording } from '../../../../main/recording/integrity/verification.ts';
import { type CastWriter, createCastWriter } from '../../../../main/recording/writing/cast-writer.ts';
import {
  makeCastFolder,
  readEvents,
  readOutput,
  readSidecar,
  WEB_SHELL,
} from '../../../fakes/cast-folder.ts';
import { createManualClock, type ManualClock } from '../../../fakes/manual-clock.ts';
import { canMountDisks, mountSmallDisk, type SmallDisk } from '../../../fakes/small-disk.ts';
import { until } from '../../../fakes/until.ts';

const DISK_KIB = 256;
const LINE_BYTES = 1_000;
const EXITED = { kind: 'exited', exitCode: 0 } as const;

interface Shell {
  readonly clock: ManualClock;
  readonly disk: SmallDisk;
  readonly writer: CastWriter;
  readonly troubles: (string | undefined)[];
  /** Prints so many numbered lines; each is taken before the next one comes. Looks at the file after each. */
  print(lines: number): Promise<void>;
  /** All of it. */
  readonly printed: string;
  /** What `kubereel verify` says. */
  verify(): Promise<string>;
}

async function record(disk: SmallDisk): Promise<Shell> {
  const clock = createManualClock();
  const keys = createSigningKeys({ folder: await makeCastFolder() });
  const writer = await createCastWriter(
    { clock, folder: disk.folder, signer: () => keys.signer() },
    WEB_SHELL,
  );
  const troubles: (string | undefined)[] = [];
  writer.onTroubleChanged((error) => troubles.push(error?.code));
  let printed = '';
  let line = 0;
  return {
    clock,
    disk,
    writer,
    troubles,
    async print(lines) {
      for (const end = line + lines; line < end; line += 1) {
        const text = `${String(line).padEnd(LINE_BYTES - 2, '.')}\r\n`;
        printed += text;
        await writer.output(Buffer.from(text), clock.nowMicros());
        // What was coalesced goes to the disk, which takes it beside what comes next.
        await clock.advance(16);
        if (line % 50 === 0) expectWhole(writer.path);
      }
    },
    get printed() {
      return printed;
    },
    async verify() {
      const needs = { knownKeyIds: await keys.knownKeyIds(), isOwnerAlive: () => true };
      return (await verifyRecording(needs, writer.path, { signal: new AbortController().signal })).verdict;
    },
  };
}

/** As any reader finds it: a line is whole once it has its end, and there is no second half of one. */
function expectWhole(path: string): void {
  const [header = '', ...lines] = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  expect(parseHeader(header).pod?.name).toBe('web-1');
  for (const line of lines) expect(() => parseEvent(line)).not.toThrow();
}

/** A try that is under way while time goes on fails as the one before, and is followed by another. */
async function triedAgain({ clock, writer }: Shell): Promise<boolean> {
  await clock.advance(1_000);
  return !writer.trouble;
}

/** Counted in the markers, in order of their places. */
async function readGaps(path: string): Promise<number[]> {
  const labels = (await readEvents(path)).flatMap((event) => (event.kind === 'marker' ? [event.label] : []));
  return labels.map((label) => Number(/^(\d+) bytes of output are not on record: .*full/.exec(label)?.[1]));
}

describe.skipIf(!canMountDisks())('on a real file system of 256 KiB', () => {
  test('a session fills it and goes on, is told once, and when there is room again nothing is missing', async () => {
    const disk = mountSmallDisk(DISK_KIB);
    const ballast = join(disk.folder, 'somebody-elses');
    await writeFile(ballast, Buffer.alloc(120 * 1024));
    const shell = await record(disk);
    await shell.print(120);
    await until(() => shell.writer.trouble);
    await shell.print(10);
    expect(shell.troubles).toEqual(['disk-full']);
    expect(disk.freeBytes).toBe(0);
    expectWhole(shell.writer.path);

    await rm(ballast);
    await until(() => triedAgain(shell));
    await shell.print(10);
    await shell.writer.close(EXITED, shell.clock.nowMicros());
    expect(shell.troubles).toEqual(['disk-full', undefined]);
    expect(await readOutput(shell.writer.path)).toBe(shell.printed);
    expect((await readSidecar(shell.writer.path)).state).toMatchObject({ kind: 'closed', lostBytes: 0 });
    expect(await shell.verify()).toBe('intact');
  });

  test('more than can be kept for it is a gap with its byte count, and the record goes on behind it', async () => {
    const shell = await record(mountSmallDisk(DISK_KIB));
    await shell.print(10_000);
    expect(shell.troubles).toEqual(['disk-full']);
    expect(shell.writer.lostBytes).toBeGreaterThan(0);
    const beforeGrowing = shell.printed.length;

    shell.disk.resize(64 * 1024);
    await until(() => triedAgain(shell));
    await shell.print(10);
    await shell.writer.close(EXITED, shell.clock.nowMicros());
    expect(shell.troubles).toEqual(['disk-full', undefined]);
    const { lostBytes } = shell.writer;
    expect(await readGaps(shell.writer.path)).toEqual([lostBytes]);
    const { printed } = shell;
    expect(await readOutput(shell.writer.path)).toBe(
      printed.slice(0, beforeGrowing - lostBytes) + printed.slice(beforeGrowing),
    );
    expect((await readSidecar(shell.writer.path)).state).toMatchObject({ kind: 'closed', lostBytes });
    expect(await shell.verify()).toBe('intact');
  });

  test('one that stays full takes the end and the sidecar into the room put by, with what is missing', async () => {
    const shell = await record(mountSmallDisk(DISK_KIB));
    await shell.print(400);
    await until(() => shell.writer.trouble);
    expect(shell.disk.freeBytes).toBe(0);
    await shell.writer.close(EXITED, shell.clock.nowMicros());
    const recorded = await readOutput(shell.writer.path);
    expect(shell.printed.startsWith(recorded)).toBe(true);
    const lostBytes = shell.printed.length - recorded.length;
    expect(lostBytes).toBeGreaterThan(0);
    expect(await readGaps(shell.writer.path)).toEqual([lostBytes]);
    expect((await readEvents(shell.writer.path)).at(-1)).toMatchObject({ kind: 'exit', exitCode: 0 });
    expect((await readSidecar(shell.writer.path)).state).toMatchObject({
      kind: 'closed',
      lostBytes,
      end: EXITED,
    });
    expect(await shell.verify()).toBe('intact');
  });

  test('one that is full from the start begins no recording, and leaves nothing behind', async () => {
    const disk = mountSmallDisk(DISK_KIB);
    await writeFile(join(disk.folder, 'somebody-elses'), Buffer.alloc(250 * 1024));
    const before = disk.freeBytes;
    await expect(record(disk)).rejects.toMatchObject({ code: 'disk-full' });
    expect(disk.freeBytes).toBe(before);
  });
});
