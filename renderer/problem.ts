/** What went wrong with a call, as the page shows it. */
import type { ProblemInfo } from '../preload/contract.ts';

/** Errors of the contract carry a code and texts for people; anything else is told as it is. */
export function problemOf(error: unknown): ProblemInfo {
  if (!(error instanceof Error)) return { code: 'unexpected', message: String(error) };
  return {
    code: textOf(error, 'code') ?? 'unexpected',
    message: error.message,
    ...optional('hint', textOf(error, 'hint')),
    ...optional('detail', textOf(error, 'detail')),
  };
}

function textOf(error: Error, key: string): string | undefined {
  const value: unknown = key in error ? (error as unknown as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function optional<Key extends string>(key: Key, value: string | undefined): { readonly [K in Key]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]?: string });
}
