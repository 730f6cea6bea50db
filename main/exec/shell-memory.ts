import type { Clock } from '../base/clock.ts';

/** What an image turned out to be when a shell was opened in it. */
export type ImageFinding =
  /** It has no shell, or none that we know. */
  | 'no-shell'
  /** `sh` was not understood, as by Windows. */
  | 'windows';

/** Keeps for this run what was found out about images, so that it is found out once. */
export interface ShellMemory {
  note(image: string, finding: ImageFinding): void;
  recall(image: string): ImageFinding | undefined;
}

/** More images than anybody opens shells in on a day; each costs about 200 bytes. */
const MAX_IMAGES = 500;
/**
 * A pod may bring a shell to an image that has none, by a volume or a PATH of its own: after this long it is tried
 * again.
 */
const NO_SHELL_MS = 10 * 60_000;

export function createShellMemory({ clock }: { readonly clock: Pick<Clock, 'nowMs'> }): ShellMemory {
  // In order of use: the first is the one that was not asked for longest.
  const findings = new Map<string, { readonly finding: ImageFinding; readonly atMs: number }>();
  return {
    note(image, finding) {
      findings.delete(image);
      findings.set(image, { finding, atMs: clock.nowMs() });
      const [oldest] = findings.keys();
      if (findings.size > MAX_IMAGES && oldest !== undefined) findings.delete(oldest);
    },
    recall(image) {
      const known = findings.get(image);
      if (!known) return undefined;
      findings.delete(image);
      if (known.finding === 'no-shell' && clock.nowMs() - known.atMs > NO_SHELL_MS) return undefined;
      findings.set(image, known);
      return known.finding;
    },
  };
}
