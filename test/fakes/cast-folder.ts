import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type CastEvent, parseEvent } from '../../main/recording/cast/cast.ts';
import type { Sidecar } from '../../main/recording/recording.ts';
import { parseSidecar, sidecarPathOf } from '../../main/recording/sidecar.ts';
import type { NewRecording } from '../../main/recording/writing/new-recording.ts';

/** What most tests record. */
export const WEB_SHELL: NewRecording = {
  details: { context: 'kind', namespace: 'shop', pod: 'web-1', container: 'app', command: ['sh', '-l'] },
  size: { cols: 80, rows: 24 },
};

/** A folder that goes with the test that asked for it. */
export async function makeCastFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-casts-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The events of a cast all of whose lines are whole. */
export async function readEvents(path: string): Promise<CastEvent[]> {
  const text = await readFile(path, 'utf8');
  if (!text.endsWith('\n')) throw new Error(`${path} does not end with a line end`);
  return text.split('\n').slice(1, -1).map(parseEvent);
}

/** All of its output as one text. */
export async function readOutput(path: string): Promise<string> {
  const events = await readEvents(path);
  return events.map((event) => (event.kind === 'output' ? event.text : '')).join('');
}

export async function readSidecar(path: string): Promise<Sidecar> {
  return parseSidecar(await readFile(sidecarPathOf(path), 'utf8'));
}
