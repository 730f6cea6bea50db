import { AppError } from './errors.ts';

/**
 * What is opened in a lifetime is closed with it, in reverse order, each step awaited.
 * Ending a lifetime first aborts its signal, so that waits inside it give up before their sockets go.
 */
export interface Lifetime {
  readonly name: string;
  /** Aborts when the lifetime ends; the reason is an `AppError` with code `cancelled`. */
  readonly signal: AbortSignal;
  /** Runs `release` when the lifetime ends; at once if it has ended already. Returns what takes it back unrun. */
  own(release: () => void | Promise<void>): () => void;
  /** A lifetime that ends with this one at the latest. */
  child(name: string): Lifetime;
  /** Ends it once; later calls return the same promise. Rejects never: failures of releases go to `onReleaseError`. */
  end(): Promise<void>;
}

/** Told of each lifetime made and ended; the tests' leak check listens here. */
export interface LifetimeObserver {
  made(lifetime: Lifetime): void;
  ended(lifetime: Lifetime): void;
}

let observer: LifetimeObserver | undefined;

export function observeLifetimes(next: LifetimeObserver | undefined): void {
  observer = next;
}

export function createLifetime(
  name: string,
  onReleaseError: (error: unknown, lifetimeName: string) => void = rethrowLater,
): Lifetime {
  const controller = new AbortController();
  const releases = new Set<{ run: () => void | Promise<void> }>();
  let ending: Promise<void> | undefined;

  async function releaseAll(): Promise<void> {
    controller.abort(new AppError('cancelled', `${name} has ended`));
    for (const entry of [...releases].reverse()) {
      releases.delete(entry);
      await runRelease(entry.run);
    }
    observer?.ended(lifetime);
  }

  async function runRelease(release: () => void | Promise<void>): Promise<void> {
    try {
      await release();
    } catch (error) {
      onReleaseError(error, name);
    }
  }

  const lifetime: Lifetime = {
    name,
    signal: controller.signal,
    own(release) {
      if (ending !== undefined) {
        // Not awaited by anybody: the newcomer came too late, and its failure is reported.
        void runRelease(release);
        return () => {};
      }
      const entry = { run: release };
      releases.add(entry);
      return () => releases.delete(entry);
    },
    child(childName) {
      const child = createLifetime(`${name}/${childName}`, onReleaseError);
      const forget = lifetime.own(() => child.end());
      child.own(forget);
      return child;
    },
    end() {
      ending ??= releaseAll();
      return ending;
    },
  };
  observer?.made(lifetime);
  return lifetime;
}

function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
