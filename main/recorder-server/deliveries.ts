import { Refusal } from './refusal.ts';
import type { DeliveryNote } from './stored-recording.ts';

/** One that is under way, as a list shows it. */
export interface OpenDelivery extends DeliveryNote {
  /** Received so far. */
  bytes: number;
}

/** The deliveries under way. */
export interface Deliveries {
  readonly open: readonly OpenDelivery[];
  /** Throws `busy` or `stopping`. What it does is counted until it is done; `stop` is how it is ended early. */
  run<T>(delivery: OpenDelivery, deed: (stop: AbortController) => Promise<T>): Promise<T>;
  /** Takes no more, ends all; resolves when what came is kept and every client has its answer. */
  stop(): Promise<void>;
}

export function createDeliveries(limits: { readonly deliveries: number }): Deliveries {
  const open = new Map<
    AbortController,
    { readonly delivery: OpenDelivery; readonly work: Promise<unknown> }
  >();
  let isStopping = false;

  return {
    get open() {
      return [...open.values()].map(({ delivery }) => delivery);
    },
    async run(delivery, deed) {
      if (isStopping) throw createStopping();
      if (open.size >= limits.deliveries) {
        throw new Refusal('busy', `the recorder takes ${limits.deliveries} recordings at once, and does`);
      }
      const stop = new AbortController();
      const work = deed(stop);
      open.set(stop, { delivery, work });
      try {
        return await work;
      } finally {
        open.delete(stop);
      }
    },
    async stop() {
      isStopping = true;
      const reason = createStopping();
      const works = [...open.values()].map(({ work }) => work);
      for (const stop of open.keys()) stop.abort(reason);
      await Promise.allSettled(works);
    },
  };
}

function createStopping(): Refusal {
  return new Refusal('stopping', 'the recorder was told to end');
}
