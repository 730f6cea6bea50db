import { Refusal } from './refusal.ts';

/** The deliveries under way. */
export interface Deliveries {
  readonly open: number;
  /** Throws `busy` or `stopping`. What it does is counted until it is done; `stop` is how it is ended early. */
  run<T>(deed: (stop: AbortController) => Promise<T>): Promise<T>;
  /** Takes no more, ends all; resolves when what came is kept and every client has its answer. */
  stop(): Promise<void>;
}

export function createDeliveries(limits: { readonly deliveries: number }): Deliveries {
  const open = new Map<AbortController, Promise<unknown>>();
  let isStopping = false;

  return {
    get open() {
      return open.size;
    },
    async run(deed) {
      if (isStopping) throw createStopping();
      if (open.size >= limits.deliveries) {
        throw new Refusal('busy', `the recorder takes ${limits.deliveries} recordings at once, and does`);
      }
      const stop = new AbortController();
      const work = deed(stop);
      open.set(stop, work);
      try {
        return await work;
      } finally {
        open.delete(stop);
      }
    },
    async stop() {
      isStopping = true;
      const reason = createStopping();
      const works = [...open.values()];
      for (const stop of open.keys()) stop.abort(reason);
      await Promise.allSettled(works);
    },
  };
}

function createStopping(): Refusal {
  return new Refusal('stopping', 'the recorder was told to end');
}
