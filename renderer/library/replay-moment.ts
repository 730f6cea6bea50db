/** Where a replay begins. A new one, the same or not, leads there again. */
export interface ReplayMoment {
  /** Since the recording's start. */
  readonly timeMicros: number;
  /** What is marked on the screen there. */
  readonly text?: string;
}
