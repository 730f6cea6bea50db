import type { Wire } from './wire.ts';

/** That a wire has closed, told once to each listener; to who comes later, at once. */
export interface WireEnd {
  readonly hasCome: boolean;
  tell(): void;
  readonly onClosed: Wire['onClosed'];
}

export function createWireEnd(): WireEnd {
  const listeners = new Set<() => void>();
  let hasCome = false;
  return {
    get hasCome() {
      return hasCome;
    },
    tell() {
      if (hasCome) return;
      hasCome = true;
      for (const listener of listeners) listener();
    },
    onClosed(listener) {
      if (hasCome) listener();
      else listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
