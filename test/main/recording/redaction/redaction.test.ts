// covers: main/recording/redaction/redacting-encoder.ts
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createRedaction } from '../../../../main/recording/redaction/redaction.ts';
import type { RedactionPattern } from '../../../../main/recording/redaction/redaction-patterns.ts';
import { type CastWriter, createCastWriter } from '../../../../main/recording/writing/cast-writer.ts';
import {
  makeCastFolder,
  readEvents,
  readOutput,
  readSidecar,
  WEB_SHELL,
} from '../../../fakes/cast-folder.ts';
import { createManualClock, type ManualClock } from '../../../fakes/manual-clock.ts';
import { eventually } from '../../../fakes/until.ts';

const TOKEN = `ghp_${'aB3d'.repeat(9)}`;
const MASKED = `ghp_${'•'.repeat(36)}`;
const EXITED = { kind: 'exited', exitCode: 0 } as const;
const toBytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function open({
  enabled = true,
  patterns = [],
  command = ['sh'],
}: {
  readonly enabled?: boolean;
  readonly patterns?: readonly RedactionPattern[];
  readonly command?: readonly string[];
} = {}): Promise<{
  readonly writer: CastWriter;
  readonly clock: ManualClock;
}> {
  const clock = createManualClock();
  const redaction = createRedaction({ enabled, patterns });
  const recording = { ...WEB_SHELL, details: { ...WEB_SHELL.details, command } };
  const writer = await createCastWriter({ clock, folder: await makeCastFolder(), redaction }, recording);
  return { writer, clock };
}

test('a token in two pieces is in neither cast nor sidecar, and is counted', async () => {
  const { writer, clock } = await open({ patterns: [{ name: 'ticket', pattern: 'ACME-[0-9]+' }] });
  await writer.output(toBytes(`one ACME-12 ${TOKEN.slice(0, 12)}`), clock.nowMicros());
  await writer.output(toBytes(`${TOKEN.slice(12)}\r\n`), clock.nowMicros());
  await writer.close(EXITED, clock.nowMicros());
  expect(await readOutput(writer.path)).toBe(`one ••••••• ${MASKED}\r\n`);
  expect((await readSidecar(writer.path)).state).toMatchObject({ kind: 'closed', maskedSpans: 2 });
  expect(await readFile(writer.path, 'utf8')).not.toContain('aB3d');
});

test('what is held is in the file within 250 ms, with the time it came at', async () => {
  const { writer, clock } = await open();
  await clock.advance(1_000);
  await writer.output(toBytes('$ ls'), clock.nowMicros());
  await clock.advance(100);
  await writer.output(toBytes('\u001b[3'), clock.nowMicros());
  await eventually(async () => expect(await readOutput(writer.path)).toBe('$ '));
  await clock.advance(149);
  await eventually(async () => expect(await readOutput(writer.path)).toBe('$ ls'));
  await clock.advance(100);
  await eventually(async () => expect(await readOutput(writer.path)).toBe('$ ls\u001b[3'));
  await writer.close(EXITED, clock.nowMicros());
  expect(await readEvents(writer.path)).toMatchObject([
    { kind: 'output', timeMicros: 1_000_000 },
    { kind: 'output', timeMicros: 1_000_000 },
    { kind: 'output', timeMicros: 1_100_000 },
    { kind: 'exit' },
  ]);
});

test('a flush neither gives half a token to the file nor loses it for who is shown the rest', async () => {
  const { writer, clock } = await open();
  await writer.output(toBytes(`x ${TOKEN.slice(0, 12)}`), clock.nowMicros());
  await writer.resize({ cols: 100, rows: 30 }, clock.nowMicros());
  const standing = await writer.flush();
  expect(await readOutput(writer.path)).toBe('x ');
  expect(standing.held).toEqual([
    { kind: 'bytes', bytes: toBytes(TOKEN.slice(0, 12)), timeMicros: 0 },
    { kind: 'event', event: { kind: 'resize', timeMicros: 0, size: { cols: 100, rows: 30 } } },
  ]);
  await writer.output(toBytes(`${TOKEN.slice(12)}\r\n`), clock.nowMicros());
  await writer.close(EXITED, clock.nowMicros());
  expect(await readOutput(writer.path)).toBe(`x ${MASKED}\r\n`);
  expect((await readEvents(writer.path)).map(({ kind }) => kind)).toEqual([
    'output',
    'output',
    'resize',
    'output',
    'exit',
  ]);
});

test('command, labels and the reason of an end are masked in every recording, output only where it is asked for', async () => {
  const command = ['mysql', '--password', 'hünter 2', '-e', `token=${TOKEN}`, ''];
  const { writer, clock } = await open({ enabled: false, command });
  await writer.output(toBytes(TOKEN), clock.nowMicros());
  await writer.marker(`after ${TOKEN}`, clock.nowMicros());
  await writer.close({ kind: 'failed', note: 'refused: Bearer abcdefghijklmnop' }, clock.nowMicros());
  const { details, state } = await readSidecar(writer.path);
  expect(details.command).toEqual(['mysql', '--password', '•••••• 2', '-e', `token=${'•'.repeat(40)}`, '']);
  expect(state).toMatchObject({ maskedSpans: 0, end: { note: `refused: Bearer ${'•'.repeat(16)}` } });
  expect(await readEvents(writer.path)).toMatchObject([
    { kind: 'output', text: TOKEN },
    { kind: 'marker', label: `after ${MASKED}` },
  ]);
});
