/** Times of a recording as one types them. */
const CLOCK_TIME = /^(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,7}(?:\.\d{1,6})?)$/;

/** `83.5`, `1:23.5` and `1:02:03` in microseconds; undefined for what is no time. */
export function parseMoment(text: string): number | undefined {
  const match = CLOCK_TIME.exec(text.trim());
  if (!match) return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return Math.round(((hours * 60 + minutes) * 60 + seconds) * 1_000_000);
}

export type RangeDraft =
  | { readonly kind: 'ok'; readonly fromMicros: number; readonly toMicros?: number }
  | { readonly kind: 'wrong'; readonly line: string };

/** Empty fields are the recording's own ends. */
export function readRange(from: string, to: string, durationMicros: number): RangeDraft {
  const fromMicros = from.trim() === '' ? 0 : parseMoment(from);
  const toMicros = to.trim() === '' ? undefined : parseMoment(to);
  if (fromMicros === undefined || (to.trim() !== '' && toMicros === undefined)) {
    return { kind: 'wrong', line: 'Times are written 83.5, 1:23 or 1:02:03.' };
  }
  if (fromMicros > durationMicros) return { kind: 'wrong', line: 'The recording ends before that.' };
  if (toMicros !== undefined && toMicros < fromMicros) {
    return { kind: 'wrong', line: 'It would end before it begins.' };
  }
  return { kind: 'ok', fromMicros, ...(toMicros !== undefined && { toMicros }) };
}
