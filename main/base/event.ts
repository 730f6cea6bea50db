/** Undoes what returned it. Calling it twice is harmless. */
export type Dispose = () => void;

/** A function that takes a listener and returns what removes it. Events tell what has happened. */
export type Event<T> = (listener: (value: T) => void) => Dispose;

export interface Emitter<T> {
  readonly event: Event<T>;
  /** Calls every listener now, in order of registration. A throwing listener does not keep the others from theirs. */
  fire(value: T): void;
  readonly listenerCount: number;
}

export function createEmitter<T>(onListenerError: (error: unknown) => void = rethrowLater): Emitter<T> {
  const listeners = new Set<{ call: (value: T) => void }>();
  return {
    event(listener) {
      const entry = { call: listener };
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    fire(value) {
      for (const entry of [...listeners]) {
        try {
          entry.call(value);
        } catch (error) {
          onListenerError(error);
        }
      }
    },
    get listenerCount() {
      return listeners.size;
    },
  };
}

function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
