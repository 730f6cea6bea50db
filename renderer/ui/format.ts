/** Numbers as people read them. All take milliseconds and bytes; none reads a clock. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEKDAYS: readonly string[] = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS: readonly string[] = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** Two units at most: `13 s`, `2 m 13 s`, `1 h 5 m`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  const rest = Math.max(0, ms);
  if (rest < MINUTE_MS) return `${Math.floor(rest / SECOND_MS)} s`;
  if (rest < HOUR_MS) return pair(rest, MINUTE_MS, 'm', SECOND_MS, 's');
  if (rest < DAY_MS) return pair(rest, HOUR_MS, 'h', MINUTE_MS, 'm');
  return pair(rest, DAY_MS, 'd', HOUR_MS, 'h');
}

/** One unit, for narrow columns: `45 s`, `12 m`, `5 h`, `3 d`. */
export function formatAge(ms: number): string {
  const rest = Math.max(0, ms);
  if (rest < MINUTE_MS) return `${Math.floor(rest / SECOND_MS)} s`;
  if (rest < HOUR_MS) return `${Math.floor(rest / MINUTE_MS)} m`;
  if (rest < DAY_MS) return `${Math.floor(rest / HOUR_MS)} h`;
  return `${Math.floor(rest / DAY_MS)} d`;
}

/** A running clock whose width does not change: `00:12:41`. */
export function formatClock(ms: number): string {
  const rest = Math.max(0, ms);
  const parts = [rest / HOUR_MS, (rest % HOUR_MS) / MINUTE_MS, (rest % MINUTE_MS) / SECOND_MS];
  return parts.map((part) => twoDigits(Math.floor(part))).join(':');
}

/** `14:03` today, `Tue 14:03` in the six days before, `3 Nov` this year, else `3 Nov 2025`. In local time. */
export function formatTime(timeMs: number, nowMs: number): string {
  const time = new Date(timeMs);
  const now = new Date(nowMs);
  const clock = `${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`;
  // By calendar, not by 24 h: a day of a clock change is 23 or 25 h long.
  const days = Math.round((startOfDay(now) - startOfDay(time)) / DAY_MS);
  if (days === 0) return clock;
  if (days > 0 && days < 7) return `${WEEKDAYS[time.getDay()]} ${clock}`;
  const date = `${time.getDate()} ${MONTHS[time.getMonth()]}`;
  return time.getFullYear() === now.getFullYear() ? date : `${date} ${time.getFullYear()}`;
}

/** Decimal units, as file managers show them: `812 B`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = Math.max(0, bytes);
  let unit = 0;
  // 999.5 would be printed as 1000.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** `1 pod`, `3 pods`; for plurals with an s. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function pair(ms: number, bigMs: number, big: string, smallMs: number, small: string): string {
  const count = Math.floor(ms / bigMs);
  const rest = Math.floor((ms % bigMs) / smallMs);
  return rest === 0 ? `${count} ${big}` : `${count} ${big} ${rest} ${small}`;
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
