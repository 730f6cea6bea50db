/** The targets that were opened, the latest first. All pure. */
import type { RecordingInfo, ShellTarget } from '../preload/contract.ts';

/** The contract's own limit. */
const MOST_RECENTS = 50;

export function withRecent(recents: readonly ShellTarget[], target: ShellTarget): readonly ShellTarget[] {
  const key = targetKey(target);
  // A reason holds once.
  const { reason: _reason, ...place } = target;
  return [place, ...recents.filter((other) => targetKey(other) !== key)].slice(0, MOST_RECENTS);
}

/** The same for the same place in the same container. */
export function targetKey(target: ShellTarget): string {
  return JSON.stringify([
    target.context,
    target.namespace,
    target.pod,
    target.container ?? null,
    target.command ?? null,
  ]);
}

/** For another shell where one was recorded; in what was made for it then, by way of a new one. */
export function targetOfRecording(recording: RecordingInfo): ShellTarget {
  const { context, namespace, pod, container, image, node, origin } = recording;
  const place = { context, namespace, pod };
  if (origin?.kind === 'node' && image !== undefined && node !== undefined) {
    return { ...place, node: { name: node, image } };
  }
  if (origin?.kind === 'debug' && image !== undefined) {
    return { ...place, container: origin.target, debug: { image } };
  }
  return container === '' ? place : { ...place, container };
}

/** What a name is made of. */
interface Named {
  readonly pod: string;
  readonly container?: string;
  readonly debug?: object;
  readonly node?: { readonly name: string };
}

/** `web-7f9 / app`: pod and container, as tabs and lists name a target; `node node-1` for a shell of a node. */
export function targetName({ pod, container, debug, node }: Named): string {
  if (node !== undefined) return `node ${node.name}`;
  const name = container === undefined ? pod : `${pod} / ${container}`;
  return debug === undefined ? name : `${name}, debug`;
}
