/**
 * A process of its own that records one session after the other and delivers each, until it is killed; a line tells each
 * step. Arguments: the home, and the recorder's address.
 */
import { join } from 'node:path';
import { compose } from '../../main/compose.ts';
import { nameCast } from '../../main/recording/cast-path.ts';
import { createCastWriter } from '../../main/recording/cast-writer.ts';
import { makeRecordingId } from '../../main/recording/recording-id.ts';

const [home = '', url = ''] = process.argv.slice(2);
const tell = (step: string): void => void process.stdout.write(`${step}\n`);

const core = await compose({
  environment: { PATH: process.env['PATH'], KUBEREEL_HOME: home, KUBECONFIG: join(home, 'none') },
  platform: process.platform,
});
const { uploader } = await core.uploads();
const { clock, paths } = core;
const { signal } = new AbortController();
const size = { cols: 80, rows: 24 };
// The core's own timers do not keep a process alive.
setInterval(() => {}, 1_000);

while (true) {
  const startedAtMs = clock.nowMs();
  const recordingId = makeRecordingId(startedAtMs);
  const path = join(paths.recordings, nameCast(recordingId, { isEncrypted: false }));
  tell(`owing ${recordingId}`);
  const cast = { recordingId, title: 'a shell', startedAtMs, size, path };
  const start = await uploader.connect([{ kind: 'tsrecorder', url }], cast, { signal });
  tell('connected');
  const writer = await createCastWriter(
    { clock, folder: paths.recordings },
    {
      details: { context: 'kind', namespace: 'shop', pod: 'web-1', container: 'app', command: ['sh'] },
      size,
      startedAtMs,
      recordingId,
    },
  );
  tell('recorded');
  const delivery = start.begin();
  tell('begun');
  for (let line = 0; line < 3; line += 1) {
    await writer.output(Buffer.from(`${line} ${'x'.repeat(20_000)}\r\n`), clock.nowMicros());
    await writer.flush();
    tell('written');
  }
  await writer.close({ kind: 'exited', exitCode: 0 }, clock.nowMicros());
  tell('closed');
  await delivery.ended();
  tell(`ended ${delivery.state.kind}`);
}
