import type { Event } from '../base/event.ts';

/** Resolves when it holds after some progress, or when there is no more. Rejects with the signal's reason. */
export async function waitUntil(
  holds: () => boolean,
  { progress, ended }: { readonly progress: Event<unknown>; readonly ended: Promise<void> },
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const refuse = (): void => reject(signal.reason);
  const unlisten = progress(() => {
    if (holds()) resolve();
  });
  signal.addEventListener('abort', refuse, { once: true });
  ended.then(resolve, reject);
  try {
    await promise;
  } finally {
    unlisten();
    signal.removeEventListener('abort', refuse);
  }
}
