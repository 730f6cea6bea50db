// covers: main/recording/writing/kept-place.ts
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CastEvent, parseEvent, parseHeader } from '../../../../main/recording/cast/cast.ts';
import { createSigningKeys, type SigningKeys } from '../../../../main/recording/integrity/signing-keys.ts';
import { verifyRecording } from '../../../../main/recording/integrity/verification.ts';
import type { Sidecar } from '../../../../main/recording/recording.ts';
import { recoverRecording } from '../../../../main/recording/recovery.ts';
import { parseSidecar, sidecarPathOf } from '../../../../main/recording/sidecar.ts';
import { type CastWriter, createCastWriter } from '../../../../main/recording/writing/cast-writer.ts';
import { makeCastFolder, WEB_SHELL } from '../../../fakes/cast-folder.ts';
import { createFaultyDisk, type FaultyDisk } from '../../../fakes/faulty-disk.ts';
import { floodStart } from '../../../fakes/flood.ts';
import { createManualClock, type ManualClock } from '../../../fakes/manual-clock.ts';

/** The longest that a chunk of output may wait for the disk: a keystroke's echo stands behind. */
const LONGEST_WAIT_MS = 50;
/** What the settings promise to lose at most. */
const LOST_AT_KILL_MS = 250;
const LOST_AT_POWER_CUT_MS = 1_000;
/** The disk is told of time in steps of this, so that it is as fast as a good one. */
const TICK_MS = 5;
const RUNS = 40;
/** Many turns of the event loop, on a machine that does other things as well. */
const TEST_LIMIT_MS = 240_000;
const KIB = 1024;
/** As they come out of a connection. */
const CHUNK_BYTES = 64 * KIB;
const EXITED = { kind: 'exited', exitCode: 0 } as const;
const { signal } = new AbortController();
/** What the shell prints, over and over: characters of one to three bytes, escapes, numbers. */
const PRINTED = floodStart(4 * 1024 * KIB).subarray(0, floodStart(4 * 1024 * KIB).lastIndexOf('\n') + 1);

const faultArbitrary = fc.constantFrom(
  'write',
  'truncate',
  'sync',
  'replace',
  'put-back',
  'room',
  'short',
  'stall',
  'folder',
);
const stepArbitrary = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant('print' as const),
      bytes: fc.oneof(
        { weight: 12, arbitrary: fc.integer({ min: 1, max: 400 }) },
        { weight: 4, arbitrary: fc.integer({ min: KIB, max: 400 * KIB }) },
        // More than is kept for a disk that takes nothing.
        { weight: 1, arbitrary: fc.constant(9 * 1024 * KIB) },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'resize' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'mark' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'flush' as const }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 1_500 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('fault' as const),
      fault: faultArbitrary,
      amount: fc.integer({ min: 0, max: 200 * KIB }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'heal' as const }) },
);
type Step = typeof stepArbitrary extends fc.Arbitrary<infer Value> ? Value : never;

/** How many turns of the event loop into closing the program is killed or the power goes; not at all before it. */
const crashArbitrary = fc.record({
  closingTurns: fc.option(fc.integer({ min: 0, max: 20 })),
  powerCut: fc.option(
    fc.record({ keep: fc.double({ min: 0, max: 1, noNaN: true }), zeros: fc.constantFrom(0, 0.5, 1) }),
  ),
});

/** Asked of a disk in memory, that is when it is done. */
async function settleDisk(turns = 8): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

interface Stage {
  readonly clock: ManualClock;
  readonly disk: FaultyDisk;
  readonly writer: CastWriter;
  readonly keys: SigningKeys;
  readonly troubles: (string | undefined)[];
  take(step: Step): Promise<void>;
  heal(): Promise<void>;
  /** A disk that stalls for ever keeps a recording open for ever. */
  endStall(): void;
  /** Ends what was printed with a whole character. */
  completeCharacter(): Promise<void>;
  readonly printedBytes: number;
  /** What had been printed so long ago; 0 where the disk ever did anything wrong. */
  owedBytes(agoMs: number): number;
}

async function begin(keys: SigningKeys): Promise<Stage> {
  const clock = createManualClock();
  const wholeBytes = new Map<string, number>();
  const disk = createFaultyDisk((path, bytes) => {
    if (path.endsWith('.cast')) wholeBytes.set(path, checkNewLines(bytes, wholeBytes.get(path) ?? 0));
  });
  const writer = await createCastWriter(
    { clock, folder: '/recordings', files: disk.files, signer: () => keys.signer() },
    WEB_SHELL,
  );
  const troubles: (string | undefined)[] = [];
  writer.onTroubleChanged((error) => troubles.push(error?.message));
  const history: { readonly atMs: number; readonly bytes: number }[] = [];
  let printedBytes = 0;
  let wasHealthy = true;
  let stall: PromiseWithResolvers<void> | undefined;

  async function wait(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= TICK_MS) {
      await clock.advance(Math.min(left, TICK_MS));
      await settleDisk(3);
    }
  }

  async function print(bytes: number): Promise<void> {
    for (const end = printedBytes + bytes; printedBytes < end; ) {
      const chunk = printedPart(printedBytes, Math.min(CHUNK_BYTES, end - printedBytes));
      let isTaken = false;
      const taken = writer.output(chunk, clock.nowMicros()).then(() => {
        isTaken = true;
      });
      printedBytes += chunk.length;
      await settleDisk();
      if (!isTaken) await clock.advance(LONGEST_WAIT_MS);
      await settleDisk();
      expect(isTaken).toBe(true);
      await taken;
    }
    history.push({ atMs: clock.nowMicros() / 1_000, bytes: printedBytes });
  }

  function endStall(): void {
    disk.faults.stalled = undefined;
    stall?.resolve();
  }

  async function heal(): Promise<void> {
    disk.faults.failing.clear();
    disk.faults.room = Number.POSITIVE_INFINITY;
    disk.faults.longestWrite = Number.POSITIVE_INFINITY;
    endStall();
    await settleDisk();
  }

  function breakDisk(
    fault: typeof faultArbitrary extends fc.Arbitrary<infer V> ? V : never,
    amount: number,
  ): void {
    wasHealthy = false;
    if (fault === 'room') disk.faults.room = amount;
    else if (fault === 'short') disk.faults.longestWrite = 1 + Math.floor(amount / 8);
    else if (fault === 'folder') disk.removeFolder();
    else if (fault !== 'stall') disk.faults.failing.add(fault);
    else if (!disk.faults.stalled) {
      stall = Promise.withResolvers<void>();
      disk.faults.stalled = stall.promise;
    }
  }

  return {
    clock,
    disk,
    writer,
    keys,
    troubles,
    heal,
    endStall,
    async take(step) {
      if (step.kind === 'print') await print(step.bytes);
      else if (step.kind === 'resize') await writer.resize({ cols: 90, rows: 30 }, clock.nowMicros());
      else if (step.kind === 'mark') await writer.marker('here', clock.nowMicros());
      else if (step.kind === 'wait') await wait(step.ms);
      else if (step.kind === 'fault') breakDisk(step.fault, step.amount);
      else if (step.kind === 'heal') await heal();
      // Not awaited: a disk that stalls does not flush.
      else void writer.flush();
      await settleDisk();
    },
    async completeCharacter() {
      let bytes = 0;
      while (((printedPart(printedBytes + bytes, 1)[0] ?? 0) & 0xc0) === 0x80) bytes += 1;
      if (bytes > 0) await print(bytes);
    },
    get printedBytes() {
      return printedBytes;
    },
    owedBytes(agoMs) {
      const untilMs = clock.nowMicros() / 1_000 - agoMs;
      const last = wasHealthy ? history.findLast(({ atMs }) => atMs <= untilMs) : undefined;
      // A character whose end has not come is in no line.
      return Math.max(0, (last?.bytes ?? 0) - 3);
    },
  };
}

function printedPart(from: number, length: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = from; at < from + length; ) {
    const start = at % PRINTED.length;
    const part = PRINTED.subarray(start, start + from + length - at);
    parts.push(part);
    at += part.length;
  }
  return Buffer.concat(parts);
}

/** Of a file that changed: each line that is new must be one. Returns up to where it is whole. */
function checkNewLines(bytes: Buffer, from: number): number {
  let at = bytes.length < from ? 0 : from;
  for (let end = bytes.indexOf(0x0a, at); end >= 0; end = bytes.indexOf(0x0a, at)) {
    const line = bytes.toString('utf8', at, end);
    if (at === 0) parseHeader(line);
    else parseEvent(line);
    at = end + 1;
  }
  return at;
}

function readWhole(bytes: Buffer): CastEvent[] {
  const [header = '', ...lines] = bytes.toString().split('\n').slice(0, -1);
  parseHeader(header);
  return lines.map(parseEvent);
}

/** What was printed, in order, with gaps where a marker says how much is missing. Returns how much of it that is. */
function followOutput(events: readonly CastEvent[]): {
  readonly seenBytes: number;
  readonly missingBytes: number;
} {
  let at = 0;
  let missingBytes = 0;
  let lastMicros = 0;
  for (const event of events) {
    expect(event.timeMicros).toBeGreaterThanOrEqual(lastMicros);
    lastMicros = event.timeMicros;
    const text = Buffer.from(event.kind === 'output' ? event.text : '');
    expect(text.equals(printedPart(at, text.length))).toBe(true);
    at += text.length;
    const gap = event.kind === 'marker' && /^(\d+) bytes of output are not on record/.exec(event.label)?.[1];
    if (!gap) continue;
    at += Number(gap);
    missingBytes += Number(gap);
  }
  return { seenBytes: at - missingBytes, missingBytes };
}

async function readVerdict({ keys }: Stage, path: string): Promise<string> {
  const needs = { knownKeyIds: await keys.knownKeyIds(), isOwnerAlive: () => false };
  return (await verifyRecording(needs, path, { signal })).verdict;
}

function checkTold({ troubles }: Stage): void {
  expect(troubles.filter((trouble, index) => index > 0 && trouble === troubles[index - 1])).toEqual([]);
  expect(troubles[0] ?? 'trouble').toBeDefined();
}

async function checkClosed(stage: Stage, isHealed: boolean): Promise<void> {
  const { disk, writer, clock } = stage;
  await stage.completeCharacter();
  if (isHealed) await stage.heal();
  stage.endStall();
  const failure: unknown = await writer.close(EXITED, clock.nowMicros()).then(
    () => undefined,
    (error: unknown) => error,
  );
  checkTold(stage);
  const cast = disk.read(writer.path);
  if (!cast) expect(failure).toBeDefined();
  if (!cast) return;
  const { seenBytes } = followOutput(readWhole(cast));
  const folder = await makeCastFolder();
  await disk.crash(folder);
  const path = join(folder, basename(writer.path));
  if (!existsSync(sidecarPathOf(path))) {
    expect(isHealed).toBe(false);
    return;
  }
  const { state } = parseSidecar(await readFile(sidecarPathOf(path), 'utf8'));
  expect(state.kind === 'closed' && state.lostBytes).toBe(stage.printedBytes - seenBytes);
  if (!failure) expect(readWhole(cast).at(-1)).toMatchObject({ kind: 'exit' });
  expect(await readVerdict(stage, path)).toBe('intact');
}

async function checkCrashed(
  stage: Stage,
  crash: typeof crashArbitrary extends fc.Arbitrary<infer V> ? V : never,
): Promise<void> {
  const { disk, writer, clock } = stage;
  if (crash.closingTurns !== null) await stage.completeCharacter();
  const owedBytes = stage.owedBytes(crash.powerCut ? LOST_AT_POWER_CUT_MS : LOST_AT_KILL_MS);
  const syncFails = disk.faults.failing.has('sync');
  const closing =
    crash.closingTurns === null ? undefined : writer.close(EXITED, clock.nowMicros()).catch(() => {});
  if (crash.closingTurns !== null) await settleDisk(crash.closingTurns);
  const folder = await makeCastFolder();
  await disk.crash(folder, crash.powerCut ?? undefined);
  checkTold(stage);
  await stage.heal();
  await (closing ?? writer.close(EXITED, clock.nowMicros()).catch(() => {}));

  const path = join(folder, basename(writer.path));
  if (!existsSync(path) || !existsSync(sidecarPathOf(path))) {
    expect(owedBytes).toBe(0);
    return;
  }
  const sidecar = parseSidecar(await readFile(sidecarPathOf(path), 'utf8'));
  if (sidecar.state.kind === 'live') {
    const seenBytes = await checkRecovery(stage, path, sidecar);
    expect(seenBytes).toBeGreaterThanOrEqual(owedBytes);
  } else if (!syncFails) {
    expect(await readVerdict(stage, path)).toBe('intact');
  }
}

/** Returns how much of the output it has. */
async function checkRecovery(stage: Stage, path: string, sidecar: Sidecar): Promise<number> {
  const { clock, keys } = stage;
  const before = await readFile(path);
  const recovery = await recoverRecording({ clock, signer: () => keys.signer() }, path, sidecar, { signal });
  expect(recovery.kind).toBe('recovered');
  const after = await readFile(path);
  const cut = parseSidecar(await readFile(sidecarPathOf(path), 'utf8')).cut ?? { base64: '', zeros: 0 };
  const beside = Buffer.concat([Buffer.from(cut.base64, 'base64'), Buffer.alloc(cut.zeros)]);
  // All that was there is there or beside it; a line end may be new, and so is a header that was torn.
  const isKept = [after, after.subarray(0, -1), Buffer.alloc(0)].some((part) =>
    Buffer.concat([part, beside]).equals(before),
  );
  expect(isKept).toBe(true);
  expect(await readVerdict(stage, path)).toBe('recovered');
  return followOutput(readWhole(after)).seenBytes;
}

test(
  'whatever the disk does wrong, what was printed is on record in order or counted, and the shell never waits',
  async () => {
    const keys = createSigningKeys({ folder: await makeCastFolder() });
    await fc.assert(
      fc.asyncProperty(fc.array(stepArbitrary, { maxLength: 30 }), fc.boolean(), async (steps, isHealed) => {
        const stage = await begin(keys);
        for (const step of steps) await stage.take(step);
        await checkClosed(stage, isHealed);
      }),
      { numRuns: RUNS },
    );
  },
  TEST_LIMIT_MS,
);

test(
  'whenever the program or the machine dies, recovery makes a whole record of what is left',
  async () => {
    const keys = createSigningKeys({ folder: await makeCastFolder() });
    await fc.assert(
      fc.asyncProperty(fc.array(stepArbitrary, { maxLength: 30 }), crashArbitrary, async (steps, crash) => {
        const stage = await begin(keys);
        for (const step of steps) await stage.take(step);
        await checkCrashed(stage, crash);
      }),
      { numRuns: RUNS },
    );
  },
  TEST_LIMIT_MS,
);
