/** A moment of a recording as an address: `kubereel://recording/ID?t=90.5`, seconds of real time since its start. */
export interface RecordingLink {
  readonly recordingId: string;
  /** Absent: where it begins. */
  readonly timeMicros?: number;
}

export const LINK_SCHEME = 'kubereel';

export function formatRecordingLink({ recordingId, timeMicros }: RecordingLink): string {
  const address = `${LINK_SCHEME}://recording/${encodeURIComponent(recordingId)}`;
  return timeMicros === undefined ? address : `${address}?t=${Math.round(timeMicros / 1_000) / 1_000}`;
}

/** Undefined for what is no such address; a time that cannot be read is left out. */
export function parseRecordingLink(text: string): RecordingLink | undefined {
  const match = /^kubereel:\/\/recording\/([^/?#]{1,600})\/?(?:\?([^#]*))?(?:#.*)?$/i.exec(text.trim());
  const recordingId = match?.[1] && decode(match[1]);
  if (!recordingId || recordingId.length > MAX_ID) return undefined;
  const time = /(?:^|&)t=([^&]*)/.exec(match[2] ?? '')?.[1];
  const timeMicros = time === undefined ? undefined : parseTimeMicros(decode(time) ?? '');
  return timeMicros === undefined ? { recordingId } : { recordingId, timeMicros };
}

/** `90`, `90.5`, `1:30`, `1:02:03`, `90s`, `1h2m3s`; undefined for what is no time. */
export function parseTimeMicros(text: string): number | undefined {
  const clock = /^(?:(\d{1,6}):)?(\d{1,7}):(\d{1,2}(?:\.\d{1,6})?)$/.exec(text);
  const units = /^(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,9}(?:\.\d{1,6})?)s?)?$/.exec(text);
  const parts = clock ?? units;
  if (!parts || text === '') return undefined;
  const [hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return Math.round(((hours ?? 0) * 3_600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1e6);
}

const MAX_ID = 512;

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
