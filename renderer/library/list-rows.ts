/** The list's rows: recordings, and above each group its head. */
import type { RecordingInfo } from '../../preload/contract.ts';
import { formatLocalDay, groupRecordings, type RecordingGrouping } from '../../preload/recording-query.ts';
import { formatBytes, formatCount, formatDuration } from '../ui/format.ts';

export interface GroupHead {
  readonly kind: 'group';
  readonly key: string;
  /** Of the group, among those that are collapsed. */
  readonly groupKey: string;
  readonly title: string;
  /** `12 recordings, 34 MB`. */
  readonly line: string;
  readonly isCollapsed: boolean;
  readonly recordings: readonly RecordingInfo[];
}

export type ListRow =
  | GroupHead
  | { readonly kind: 'recording'; readonly key: string; readonly recording: RecordingInfo };

export interface ListRows {
  readonly rows: readonly ListRow[];
  /** Of each group, where its head stands among the rows; in order. */
  readonly heads: readonly number[];
}

export function toListRows(
  recordings: readonly RecordingInfo[],
  wish: { readonly grouping: RecordingGrouping; readonly collapsed: ReadonlySet<string> },
  nowMs: number,
): ListRows {
  if (wish.grouping === 'none') return { rows: recordings.map(toRow), heads: [] };
  const rows: ListRow[] = [];
  const heads: number[] = [];
  for (const { key, recordings: grouped } of groupRecordings(wish.grouping, recordings)) {
    const isCollapsed = wish.collapsed.has(key);
    heads.push(rows.length);
    rows.push({
      kind: 'group',
      // No id of a recording has a colon.
      key: `group:${key}`,
      groupKey: key,
      title: wish.grouping === 'day' ? titleOfDay(grouped[0], nowMs) : titleOfPod(grouped[0]),
      line: describeGroup(grouped),
      isCollapsed,
      recordings: grouped,
    });
    if (!isCollapsed) rows.push(...grouped.map(toRow));
  }
  return { rows, heads };
}

/** The head of the group that a row stands in. */
export function headOf({ rows, heads }: ListRows, index: number): GroupHead | undefined {
  const row = rows[heads.findLast((head) => head <= index) ?? -1];
  return row?.kind === 'group' ? row : undefined;
}

/** How long all of them are together. */
export function describeSum(recordings: readonly RecordingInfo[]): string {
  const micros = recordings.reduce((sum, { durationMicros }) => sum + durationMicros, 0);
  return `${describeGroup(recordings)}, ${formatDuration(micros / 1_000)}`;
}

function toRow(recording: RecordingInfo): ListRow {
  return { kind: 'recording', key: recording.recordingId, recording };
}

function describeGroup(recordings: readonly RecordingInfo[]): string {
  const bytes = recordings.reduce((sum, recording) => sum + recording.bytes, 0);
  return `${formatCount(recordings.length, 'recording')}, ${formatBytes(bytes)}`;
}

/** `Today`, `Yesterday`, else `Tue 17 Nov 2026`. */
function titleOfDay({ startedAtMs }: RecordingInfo, nowMs: number): string {
  const day = formatLocalDay(startedAtMs);
  if (day === formatLocalDay(nowMs)) return 'Today';
  const now = new Date(nowMs);
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1).getTime();
  if (day === formatLocalDay(yesterday)) return 'Yesterday';
  const [weekday, month, date, year] = new Date(startedAtMs).toDateString().split(' ');
  return `${weekday} ${Number(date)} ${month} ${year}`;
}

function titleOfPod({ context, namespace, pod }: RecordingInfo): string {
  return [context, namespace, pod].filter(Boolean).join(' ▸ ') || 'No pod is known';
}
