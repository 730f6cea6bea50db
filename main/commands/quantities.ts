import { InvalidArgumentError } from 'commander';

const UNIT_BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};
/** Of days. */
const UNIT_DAYS: Readonly<Record<string, number>> = { h: 1 / 24, d: 1, w: 7, y: 365 };

/** `500MB`, `5GiB`, `1.5 TiB`: bytes, more than none. */
export function parseBytes(text: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text) ?? [];
  const bytes = Math.round(Number(count) * (UNIT_BYTES[unit.toLowerCase()] ?? Number.NaN));
  if (!(bytes > 0 && Number.isSafeInteger(bytes))) {
    throw new InvalidArgumentError('Expected a size such as 500MB or 5GiB.');
  }
  return bytes;
}

/** `36h`, `90d`, `2w`, `1y`: days, more than none. */
export function parseDays(text: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([hdwy])$/.exec(text) ?? [];
  const days = Number(count) * (UNIT_DAYS[unit] ?? Number.NaN);
  if (!(days > 0 && Number.isFinite(days))) {
    throw new InvalidArgumentError('Expected an age such as 36h, 90d, 2w or 1y.');
  }
  return days;
}

const NAMES = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

export function formatBytes(bytes: number): string {
  let value = bytes;
  let step = 0;
  while (value >= 1_024 && step < NAMES.length - 1) {
    value /= 1_024;
    step += 1;
  }
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${NAMES[step]}`;
}
