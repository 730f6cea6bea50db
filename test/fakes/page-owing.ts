/** A core that owes recordings to recorders, in every way that there is. */
import type { RecordingInfo } from '../../preload/contract.ts';
import type { RecorderName } from '../../preload/contract-uploads.ts';
import type { PageCore } from './page-core.ts';
import { recordingNamed } from './page-things.ts';
import { answerOf, jobOf, VAULT } from './page-uploads.ts';

const MINUTE_MS = 60_000;
const CASTS: RecorderName = { kind: 'asciinema', url: 'https://casts.example.com' };
const FAR: RecorderName = {
  kind: 'alis',
  url: 'wss://recorder-of-the-whole-company.internal.example.com:8443/live',
  name: 'recorder-of-the-whole-company-in-the-second-building',
};

export function owing(core: PageCore): PageCore {
  const now = Date.now();
  const { recordings, uploads } = core.state;
  const owe = (recordingId: string, changes: Partial<RecordingInfo> = {}): void => {
    recordings.set(recordingId, recordingNamed(recordingId, { isOwed: true, ...changes }));
  };
  recordings.clear();
  owe('waiting');
  owe('refused', { context: 'prod-eu', pod: 'api-0', container: 'api', exitCode: 130 });
  owe('sending', { pod: 'api-1' });
  owe('far', {
    context: 'arn:aws:eks:eu-central-1:123456789012:cluster/production-of-the-whole-company',
    pod: 'very-long-deployment-name-of-the-checkout-service-017-6d5f7c9b8-x2v4q',
    container: 'a-container-with-a-long-name',
  });
  owe('torn', { pod: 'cache-0' });
  owe('live', { state: 'live', pod: 'web-live' });
  recordings.set('arrived', recordingNamed('arrived', { pod: 'queue-0', isDelivered: true }));
  uploads.jobs = new Map(
    [
      jobOf('far', {
        owedSinceMs: now - 30 * 60 * MINUTE_MS,
        recorders: [FAR, CASTS],
        failures: 41,
        state: { kind: 'waiting', nextTryAtMs: now + 55 * MINUTE_MS },
        answers: [
          answerOf(FAR, now - 5 * MINUTE_MS),
          answerOf(CASTS, now - 5 * MINUTE_MS, {
            code: 'recorder-failed',
            message:
              'the recorder at https://casts.example.com answered 503 and asked to be left alone for an hour',
            detail: '503 Service Unavailable\nRetry-After: 3600',
          }),
        ],
        mayHaveArrivedAt: [FAR.url],
      }),
      jobOf('refused', {
        owedSinceMs: now - 20 * MINUTE_MS,
        recorders: [VAULT, CASTS],
        failures: 1,
        state: { kind: 'stopped' },
        answers: [
          answerOf(VAULT, now - 19 * MINUTE_MS),
          answerOf(CASTS, now - 19 * MINUTE_MS, {
            code: 'recorder-refused',
            message: 'the recorder at https://casts.example.com refused us: 401 Unauthorized',
            hint: 'Put a token that it knows into the tokenFile of the policy',
          }),
        ],
      }),
      jobOf('waiting'),
      jobOf('sending', {
        owedSinceMs: now - MINUTE_MS,
        state: { kind: 'delivering', recorder: VAULT, sentBytes: 21_700, totalBytes: 48_213 },
        failures: 0,
        answers: [],
      }),
      jobOf('live', { owedSinceMs: now, state: { kind: 'recording' }, failures: 0, answers: [] }),
    ].map((job) => [job.recordingId, job]),
  );
  uploads.unreadable = [
    { recordingId: 'torn', path: '/home/ada/uploads/torn.json', reason: 'line 1 is no JSON: unexpected end' },
  ];
  uploads.receipts.set('arrived', {
    kind: 'delivered',
    recorder: CASTS,
    atMs: now,
    bytes: 48_213,
    url: 'https://casts.example.com/a/1042',
    message: 'View it at https://casts.example.com/a/1042',
  });
  return core;
}

/** The same, and nobody can tell. */
export function owingUnknown(core: PageCore): PageCore {
  core.state.failing.set('uploads.list', {
    code: 'unexpected',
    message: 'the folder of what is owed cannot be read',
    hint: 'check who may read /home/ada/.local/share/kubereel/uploads',
    detail: 'EACCES: permission denied, scandir',
  });
  return owing(core);
}

/** A recorder that was away for a week. */
export function owingMany(core: PageCore): PageCore {
  const now = Date.now();
  for (let index = 0; index < 1_000; index += 1) {
    const recordingId = `owed-${String(index).padStart(4, '0')}`;
    const startedAtMs = now - (1_000 - index) * 10 * MINUTE_MS;
    core.state.recordings.set(
      recordingId,
      recordingNamed(recordingId, { startedAtMs, pod: `web-${index}`, isOwed: true }),
    );
    core.state.uploads.jobs.set(recordingId, jobOf(recordingId, { owedSinceMs: startedAtMs }));
  }
  return core;
}
