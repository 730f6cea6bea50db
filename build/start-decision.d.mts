export const MIRROR_TIMEOUT_MS: number;

export type Decision =
  | { readonly kind: 'electron'; readonly binary: string; readonly say: string }
  | { readonly kind: 'fetch'; readonly version: string; readonly say: string }
  | { readonly kind: 'browser'; readonly say: string };

export interface Machine {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly root: string;
  readonly timeoutMs?: number;
}

export function decideStart(machine: Machine): Promise<Decision>;
export function findElectron(environment: Machine['environment'], root: string): string | undefined;
