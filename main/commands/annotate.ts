import type { Core } from '../compose.ts';
import { escapeControls } from '../credentials/visible-text.ts';
import type { Recording } from '../library/recording.ts';
import type { AnnotationChange } from '../recording/annotation.ts';
import type { CommandIo } from './io.ts';

/** Changes what the user says of recordings, and prints what is said of each now. */
export async function runAnnotate(
  core: Core,
  { names, change, json }: { names: readonly string[]; change: AnnotationChange; json: boolean },
  io: CommandIo,
): Promise<number> {
  const library = await core.library();
  const ids: string[] = [];
  // All are found before the first one is changed.
  for (const name of names) ids.push((await library.get(name)).recordingId);
  await library.annotate(ids, change);
  const changed: Recording[] = [];
  for (const id of ids) changed.push(await library.get(id));
  if (json) await io.write(`${JSON.stringify(changed.map(describe), null, 2)}\n`);
  else for (const recording of changed) await io.write(`${format(recording)}\n`);
  return 0;
}

function describe({ recordingId, tags = [], comment, isPinned }: Recording): object {
  return { recordingId, tags, ...(comment !== undefined && { comment }), isPinned: isPinned === true };
}

function format({ recordingId, tags = [], comment, isPinned }: Recording): string {
  const words = [...(isPinned ? ['pinned'] : []), ...tags.map((tag) => `#${tag}`)].join(' ');
  const lines = (comment ?? '').split('\n').map((line) => escapeControls(line));
  const text = comment === undefined ? '' : `\n  ${lines.join('\n  ')}`;
  return `${recordingId}${words === '' ? '' : `  ${escapeControls(words)}`}${text}`;
}
