/** What all contenders do, against the same pod of the demo cluster. */
export const CONTEXT = 'kubereel-demo';
export const NAMESPACE = 'shop';
export const POD = 'web-5d9c7b6f4-x2kqp';
export const CONTAINER = 'web';

export const TRANSFER_BYTES: number = 256 * 1024 * 1024;

const LINE = '2026-11-21T07:14:14Z INFO request served path=/cart status=200 duration=12ms';
/** Text as programs print it, at the speed of the pipe. */
export const DOWNLOAD: readonly string[] = ['sh', '-c', `yes '${LINE}' | head -c ${TRANSFER_BYTES}`];
/** The same a MiB at a time with a rest of 8 ms: some 50 to 100 MB/s, as over a network. */
export const PACED_DOWNLOAD: readonly string[] = [
  'sh',
  '-c',
  `for i in $(seq ${TRANSFER_BYTES / 1024 / 1024}); do yes '${LINE}' | head -c 1048576; sleep 0.008; done`,
];
export const UPLOAD: readonly string[] = ['sh', '-c', 'cat >/dev/null'];

/** What is uploaded, in pieces of 32 KiB. */
export function* uploadChunks(): Generator<Uint8Array> {
  const chunk = Buffer.alloc(32 * 1024, 'a line that goes up to the pod\n');
  for (let sent = 0; sent < TRANSFER_BYTES; sent += chunk.length) yield chunk;
}
