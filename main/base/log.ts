import { pino } from 'pino';

/** Speaks to developers; what the user must know goes through errors and events instead. */
export interface Log {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
  child(fields: Record<string, unknown>): Log;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Field names whose values never reach a log, at the first two levels of an entry. */
const SECRET_FIELDS = [
  'token',
  'secret',
  'password',
  'authorization',
  'key',
  'clientKeyData',
  'stdin',
  'stdout',
  'env',
] as const;

/** It names clusters and pods: for this user alone. */
const PRIVATE_MODE = 0o600;

/** JSON lines to `destination` (a file descriptor or path); standard error by default. */
export function createLog(options: { level: LogLevel; destination?: number | string }): Log {
  return pino(
    {
      level: options.level,
      base: null,
      redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]), censor: '[secret]' },
    },
    pino.destination({ dest: options.destination ?? 2, sync: true, mode: PRIVATE_MODE }),
  );
}
