import { hostname, userInfo } from 'node:os';
import type { Clock } from './base/clock.ts';
import type { Paths } from './base/paths.ts';
import type { Core, RecordingWish } from './compose.ts';
import { planRecording } from './recording/planned-recording.ts';
import type { RecordingSource } from './recording/recording.ts';
import { titleOf } from './upload/queue/upload-round.ts';

export interface DeliveriesNeeds {
  readonly clock: Clock;
  readonly paths: Pick<Paths, 'recordings'>;
  readonly uploads: Core['uploads'];
  /** The age recipients of a recording. */
  recipients(wish: RecordingWish): Promise<readonly string[]>;
}

/** Brings the shells of this program, and what records them, to the recorders of the policy. */
export function createDeliveries({
  clock,
  paths,
  uploads,
  recipients,
}: DeliveriesNeeds): Pick<Core, 'connectRecorders'> {
  return {
    async connectRecorders(recorders, { place, size }, { wish = {}, signal }) {
      const encryptTo = await recipients(wish);
      const startedAtMs = clock.nowMs();
      const isForTailscale = recorders.some(({ kind }) => kind === 'tsrecorder');
      const planned = planRecording(paths.recordings, {
        nowMs: startedAtMs,
        encryptTo,
        ...(isForTailscale && { source: describeSource() }),
      });
      const { recordingId, path } = planned;
      const title = titleOf({ recordingId, container: '', ...place });
      const { uploader } = await uploads();
      const recording = { recordingId, path, title, startedAtMs, size };
      return { planned, ...(await uploader.connect(recorders, recording, { signal })) };
    },
  };
}

/** As a recorder of Tailscale's protocol asks: this machine has no tailnet's ids, and is known by its name. */
export function describeSource(): RecordingSource {
  const node = hostname();
  return { node, nodeId: node, ...describeUser() };
}

function describeUser(): Pick<RecordingSource, 'user' | 'userId'> {
  try {
    const { username, uid } = userInfo();
    return { user: username, userId: Math.max(0, uid) };
  } catch {
    // In a container a user may have no name.
    const userId = process.getuid?.() ?? 0;
    return { user: `${userId}`, userId };
  }
}
