/** When updates are looked for without being asked to. All in milliseconds. */
export interface UpdateSchedule {
  /** The window comes first. */
  readonly firstMs: number;
  /** After an answer. */
  readonly everyMs: number;
  /** After a failure; doubled after each, up to `everyMs`. */
  readonly retryMs: number;
}

export const UPDATE_SCHEDULE: UpdateSchedule = {
  firstMs: 60_000,
  everyMs: 6 * 60 * 60_000,
  retryMs: 15 * 60_000,
};

/** Of each wait: a hundred apps that started together do not ask together. */
const JITTER = 0.2;

/** `failures`: how many in a row; undefined before the first look. `random`: 0 up to 1. */
export function nextLookMs(schedule: UpdateSchedule, failures: number | undefined, random: number): number {
  const plain =
    failures === undefined
      ? schedule.firstMs
      : failures === 0
        ? schedule.everyMs
        : Math.min(schedule.everyMs, schedule.retryMs * 2 ** (failures - 1));
  return Math.round(plain * (1 + JITTER * (2 * random - 1)));
}
