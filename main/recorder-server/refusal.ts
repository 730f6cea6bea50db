/** Why a delivery, an event or a request is not taken; the words for programs that docs/RECORDER.md lists. */
export type RefusalCode =
  | 'disk-full'
  | 'store-failed'
  | 'busy'
  | 'stopping'
  | 'idle'
  /** The client went: the reason that its recording is partial, told to nobody. */
  | 'broken-off'
  | 'too-large'
  | 'not-a-cast'
  | 'bad-request'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found';

/** Told to the client in its own words: neither paths nor what a store answered stand in the message. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  /** Of an answer before anything else was answered. */
  readonly status: number;

  constructor(code: RefusalCode, message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Refusal';
    this.code = code;
    this.status = options.status ?? STATUSES[code];
  }
}

const STATUSES: Record<RefusalCode, number> = {
  'disk-full': 507,
  'store-failed': 503,
  busy: 503,
  stopping: 503,
  idle: 408,
  'broken-off': 400,
  'too-large': 413,
  'not-a-cast': 422,
  'bad-request': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
};

/** Any failure as one that a client may be told; what nobody expected says nothing of its inside. */
export function toRefusal(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown;
  return new Refusal('store-failed', "the recorder's store failed", { cause: thrown });
}
