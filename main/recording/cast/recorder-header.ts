import type { RecordingSource } from '../recording.ts';

/** What the header of a cast has that a recorder of Tailscale's protocol gets, beside what all of ours have. */
export interface RecorderHeader {
  readonly source: RecordingSource;
  readonly command: readonly string[];
}

/**
 * The fields of tailscale's CastHeader (sessionrecording/header.go) that no other cast has, as its Kubernetes proxy fills
 * them: `env` is null, and what is of SSH is there and empty. Who reads the file reads the command: it stands in no other
 * header that is not encrypted.
 */
export function describeForRecorder({ source, command }: RecorderHeader): object {
  const words = command.join(' ');
  return {
    ...(words !== '' && { command: words }),
    srcNode: source.node.replace(/\.$/, ''),
    srcNodeID: source.nodeId,
    srcNodeUserID: source.userId,
    srcNodeUser: source.user,
    env: null,
    sshUser: '',
    localUser: '',
    connectionID: '',
  };
}
