import type { RecordingGroup, RecordingGrouping } from '../../preload/recording-query.ts';
import { escapeControls } from '../credentials/visible-text.ts';
import type { Recording } from '../library/recording.ts';
import { formatAge, formatTable } from './table.ts';

const HEADS = ['ID', 'CONTEXT', 'NAMESPACE', 'POD/CONTAINER', 'STARTED', 'DURATION', 'EXIT', 'STATE', 'TAGS'];

/** Recordings in columns that all groups share, each group but a lone one without a name under its heading. */
export function formatRecordings(
  groups: readonly RecordingGroup<Recording>[],
  grouping: RecordingGrouping,
): string {
  const rows = groups.flatMap(({ recordings }) => recordings.map(describeRow));
  const [head = '', ...lines] = formatTable(HEADS, rows).split(/(?<=\n)/);
  let from = 0;
  const blocks = groups.map(({ key, recordings }) => {
    const block = lines.slice(from, from + recordings.length);
    from += recordings.length;
    return grouping === 'none' ? block : ['\n', `${describeGroup(key, recordings.length)}\n`, ...block];
  });
  return [head, ...blocks.flat()].join('');
}

function describeGroup(key: string, count: number): string {
  const name = key === '' ? 'no pod is known' : escapeLine(key);
  return `${name} (${count})`;
}

function describeRow(recording: Recording): string[] {
  const { recordingId, context, namespace, pod, container, startedAtMs, durationMicros, exitCode } =
    recording;
  return [
    recordingId,
    context,
    namespace,
    `${pod}/${container}`,
    new Date(startedAtMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    formatAge(durationMicros / 1_000),
    exitCode === undefined ? '' : String(exitCode),
    describeState(recording),
    (recording.tags ?? []).join(', '),
  ].map(escapeLine);
}

function describeState({ state, encryptedTo, isLocked, isOwed, isDelivered, isPinned }: Recording): string {
  return [
    state,
    ...(isOwed ? ['not uploaded'] : []),
    ...(isDelivered ? ['uploaded'] : []),
    ...(encryptedTo ? [isLocked ? 'encrypted: no key here' : 'encrypted'] : []),
    ...(isPinned ? ['pinned'] : []),
  ].join(', ');
}

/** A row is one line, whatever a file calls its pod. */
function escapeLine(text: string): string {
  return escapeControls(text).replaceAll('\n', '\\x0a');
}
