import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemClock } from '../../main/base/clock.ts';
import type { NewRecording } from '../../main/recording/writing/new-recording.ts';
import type { DeliverySubject } from '../../main/upload/recorder/recorder-client.ts';
import type { RecorderLimits, RecorderNeeds } from '../../main/upload/recorder/recorder-dial.ts';
import { INSTALL_ID } from './foreign-asciinema.ts';

/** Longer than a machine stands still that does other things as well: a limit that a test is about is given with it. */
const STEP_MS = 60_000;
const PATIENT = { dialMs: STEP_MS, tlsMs: STEP_MS, probeMs: STEP_MS, firstAnswerMs: STEP_MS };

export function createRecorderNeeds(limits: Partial<RecorderLimits> = {}): RecorderNeeds {
  return { clock: createSystemClock(), userAgent: 'kubereel/1.2.3', limits: { ...PATIENT, ...limits } };
}

export const SUBJECT: DeliverySubject = {
  recordingId: '20260102-030405-abcdef',
  title: 'web-0 in shop',
  startedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  size: { cols: 80, rows: 24 },
  isRepeated: false,
};

/** A header as tsrecorder's own clients send it, with its line end (tailscale, sessionrecording/header.go). */
export const FOREIGN_HEADER: string = `${JSON.stringify({
  version: 2,
  width: 120,
  height: 40,
  timestamp: 1_700_000_000,
  srcNode: 'laptop.tail1.ts.net',
  srcNodeID: 'nXYZ',
  srcNodeUserID: 7,
  srcNodeUser: 'a@b.c',
  env: null,
  sshUser: '',
  localUser: '',
  connectionID: '',
  kubernetes: { PodName: 'web-0', Namespace: 'prod', Container: 'app', SessionType: 'exec' },
})}\n`;

/** A recording of ours whose header says the same. */
export const FOR_RECORDERS: NewRecording = {
  details: {
    context: 'kind',
    namespace: 'prod',
    pod: 'web-0',
    container: 'app',
    command: ['sh'],
    source: { node: 'laptop.tail1.ts.net', nodeId: 'nXYZ', userId: 7, user: 'a@b.c' },
  },
  size: { cols: 120, rows: 40 },
  startedAtMs: 1_700_000_000_000,
};

/** That header and so many bytes of output behind it, in lines of 1 KiB. */
export function makeCast(outputBytes: number): Buffer {
  const lines = [FOREIGN_HEADER];
  for (let at = 0; at < outputBytes; at += 1_024) {
    lines.push(`[${(at / 1_024 / 100).toFixed(6)},"o","${String(at).padStart(1_000, '.')}"]\n`);
  }
  return Buffer.from(lines.join(''));
}

/** Such a cast as a file, with other fields in its header where they are given. */
export async function writeCast(outputBytes: number, fields: object = {}): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'kubereel-cast-')), 'a.cast');
  const header = { ...JSON.parse(FOREIGN_HEADER), ...fields };
  const lines = makeCast(outputBytes).subarray(FOREIGN_HEADER.length);
  await writeFile(path, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), lines]));
  return path;
}

/** A token file; the install id that the foreign asciinema server knows, where nothing else is given. */
export async function writeToken(token: string = INSTALL_ID): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'kubereel-token-')), 'token');
  await writeFile(path, `${token}\n`);
  return path;
}
