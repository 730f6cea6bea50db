/**
 * A process of its own that records one session after the other and delivers each, until it is killed; a line tells each
 * step. Arguments: the home, and the recorder's address. Made of the rooms it needs alone, so that it starts soon.
 */
import { join } from 'node:path';
import { createSystemClock } from '../../main/base/clock.ts';
import { createLifetime } from '../../main/base/lifetime.ts';
import { createLog } from '../../main/base/log.ts';
import { describeThisProcess, isOwnerAlive } from '../../main/recording/owner.ts';
import { planRecording } from '../../main/recording/planned-recording.ts';
import { createCastWriter } from '../../main/recording/writing/cast-writer.ts';
import { openUploadStore } from '../../main/upload/queue/upload-store.ts';
import { createRecorderGates } from '../../main/upload/recorder/recorder-gates.ts';
import { createTsrecorderClient } from '../../main/upload/tsrecorder/tsrecorder.ts';
import { createUploader } from '../../main/upload/uploader.ts';

const [home = '', url = ''] = process.argv.slice(2);
const tell = (step: string): void => void process.stdout.write(`${step}\n`);

const clock = createSystemClock();
const log = createLog({ level: 'silent' });
const life = createLifetime('uploads');
const folder = join(home, 'recordings');
const store = await openUploadStore({ clock, log, folder: join(home, 'uploads') }, life);
const uploader = createUploader(
  {
    clock,
    log,
    store,
    random: Math.random,
    gates: createRecorderGates({ clock, random: Math.random }),
    library: () => Promise.reject(new Error('what is recorded here is not asked for')),
    recordersFor: async () => [],
    clientFor: (recorder) => createTsrecorderClient({ clock, userAgent: 'kubereel/test' }, recorder),
    isOwnerAlive,
    onDelivering() {},
    owner: { describe: describeThisProcess },
  },
  life,
);
const { signal } = new AbortController();
const size = { cols: 80, rows: 24 };
// The clock's own timers do not keep a process alive.
setInterval(() => {}, 1_000);

while (true) {
  const startedAtMs = clock.nowMs();
  const { recordingId, path } = planRecording(folder, { nowMs: startedAtMs, encryptTo: [] });
  tell(`owing ${recordingId}`);
  const cast = { recordingId, title: 'a shell', startedAtMs, size, path };
  const start = await uploader.connect([{ kind: 'tsrecorder', url }], cast, { signal });
  tell('connected');
  const details = { context: 'kind', namespace: 'shop', pod: 'web-1', container: 'app', command: ['sh'] };
  const writer = await createCastWriter({ clock, folder }, { details, size, startedAtMs, recordingId });
  tell('recorded');
  const delivery = start.begin();
  tell('begun');
  for (let line = 0; line < 3; line += 1) {
    await writer.output(Buffer.from(`${line} ${'x'.repeat(20_000)}\r\n`), clock.nowMicros());
    await writer.sync();
    tell('written');
  }
  await writer.close({ kind: 'exited', exitCode: 0 }, clock.nowMicros());
  tell('closed');
  await delivery.ended();
  tell(`ended ${delivery.state.kind}`);
}
