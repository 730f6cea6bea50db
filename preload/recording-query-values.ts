/** Times and durations as they are written in a query. */
import { formatLocalDay } from './recording-query.ts';

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
const DAY_AND_TIME = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?)$/i;

/** Start of the local day of a time, or of one some days later, in Unix milliseconds. */
export function startOfDay(timeMs: number, daysLater: number): number {
  const date = new Date(timeMs);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + daysLater).getTime();
}

/** Some moment of the local day that is named: `2026-11-20`, `today`, `yesterday`. */
export function findDay(text: string, nowMs: number): number | undefined {
  const value = text.toLowerCase();
  if (value === 'today') return nowMs;
  if (value === 'yesterday') return startOfDay(nowMs, -1);
  const [year = 0, month = 0, day = 0] = DAY.exec(value)?.slice(1).map(Number) ?? [];
  const date = new Date(year, month - 1, day);
  return formatLocalDay(date.getTime()) === value ? date.getTime() : undefined;
}

/** A time, or how long ago: `2026-11-20T09:30`, local unless it ends in `Z` or `+01:00`; `7d`. */
export function parseTime(text: string, nowMs: number): number | undefined {
  const ageMicros = parseDuration(text);
  if (ageMicros !== undefined) return Math.round(nowMs - ageMicros / 1_000);
  const [, date = ''] = DAY_AND_TIME.exec(text) ?? [];
  const timeMs = findDay(date, nowMs) === undefined ? Number.NaN : Date.parse(text.toUpperCase());
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

const SECOND_MICROS = 1_000_000;
const MINUTE_MICROS = 60 * SECOND_MICROS;
const UNIT_MICROS: Readonly<Record<string, number>> = {
  ms: SECOND_MICROS / 1_000,
  s: SECOND_MICROS,
  m: MINUTE_MICROS,
  h: 60 * MINUTE_MICROS,
  d: 24 * 60 * MINUTE_MICROS,
  w: 7 * 24 * 60 * MINUTE_MICROS,
};

/** `90s`, `5m`, `1h30m`, `7d` in microseconds. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/([\d.]+)(ms|[smhdw])/g)];
  const micros = parts.reduce(
    (sum, [, count, unit = '']) => sum + Math.round(Number(count) * (UNIT_MICROS[unit] ?? 0)),
    0,
  );
  return Number.isSafeInteger(micros) ? micros : undefined;
}

/** The same, in units that lose nothing. */
export function formatDuration(micros: number): string {
  const seconds = (micros % MINUTE_MICROS) / SECOND_MICROS;
  const minutes = (micros - (micros % MINUTE_MICROS)) / MINUTE_MICROS;
  const hours = (minutes - (minutes % 60)) / 60;
  const parts = [
    ...(hours > 0 ? [`${hours}h`] : []),
    ...(minutes % 60 > 0 ? [`${minutes % 60}m`] : []),
    ...(seconds > 0 ? [`${seconds.toFixed(6).replace(/\.?0+$/, '')}s`] : []),
  ];
  return parts.join('') || '0s';
}
