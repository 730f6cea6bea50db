/**
 * A program of its own whose session prints 20 MB that its recorder is slow to take:
 * `node --expose-gc delivery-load.ts RECORDER RECORDINGS UPLOADS`. Prints what was shown and by how many bytes its memory
 * has grown.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystemClock } from '../../main/base/clock.ts';
import { createLifetime } from '../../main/base/lifetime.ts';
import { createLog } from '../../main/base/log.ts';
import { describeThisProcess, isOwnerAlive } from '../../main/recording/owner.ts';
import { createRecorderClient } from '../../main/upload/create-recorder-client.ts';
import { openUploadStore } from '../../main/upload/queue/upload-store.ts';
import { createRecorderGates } from '../../main/upload/recorder/recorder-gates.ts';
import { createUploader } from '../../main/upload/uploader.ts';
import { openDeliveredSession } from './delivered-session.ts';

const PRINTED_BYTES = 20_000_000;
const LINE = Buffer.from(`${'0123456789abcdef'.repeat(512)}\r\n`);
const LOOK_MS = 10;

const [url = '', recordings = '', uploads = ''] = process.argv.slice(2);
const clock = createSystemClock();
const log = createLog({ level: 'silent' });
const life = createLifetime('load');
const store = await openUploadStore({ clock, log, folder: uploads }, life);
const uploader = createUploader(
  {
    clock,
    log,
    random: () => 0.5,
    store,
    gates: createRecorderGates({ clock, random: () => 0.5 }),
    library: () => Promise.reject(new Error('nothing is looked up')),
    recordersFor: async () => [],
    clientFor: (recorder) => createRecorderClient({ clock, userAgent: 'load/1' }, recorder),
    isOwnerAlive,
    onDelivering: () => {},
    owner: { describe: describeThisProcess },
  },
  life,
);

async function measure(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc?.();
    // What was collected is given back behind our back.
    await sleep(100);
  }
  const { external, heapUsed } = process.memoryUsage();
  return external + heapUsed;
}

const { session, shell } = openDeliveredSession(
  { folder: recordings, uploader },
  { recorders: [{ kind: 'tsrecorder', url }] },
);
let shownBytes = 0;
shell.print('$ ');
void session.view(
  {
    async write(record) {
      if (record.kind === 'output') shownBytes += record.bytes.byteLength;
    },
    end: () => {},
  },
  { signal: new AbortController().signal },
);
while (shownBytes === 0) await sleep(LOOK_MS);
const before = await measure();
for (let printed = 0; printed < PRINTED_BYTES; printed += LINE.length) {
  shell.print(LINE);
  while (shell.isPaused) await sleep(1);
}
while (shownBytes < PRINTED_BYTES) await sleep(LOOK_MS);
const after = await measure();
process.stdout.write(`${JSON.stringify({ shownBytes, heldBytes: after - before })}\n`);
process.exit(0);
