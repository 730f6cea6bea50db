/** The middle one; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('there is no median of nothing');
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** One way to do a piece of work; resolves with how long it took, or with whatever else is measured. */
export interface Contender {
  readonly name: string;
  run(): Promise<number>;
}

export interface Standing {
  readonly name: string;
  /** In the unit of the contender's `run`. */
  readonly median: number;
  readonly values: readonly number[];
}

/**
 * Runs all contenders in turn, round after round, so that what else the machine does falls on all of them. The
 * first round warms caches and is not counted.
 */
export async function compare(contenders: readonly Contender[], rounds: number): Promise<Standing[]> {
  const values = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, run } of contenders) {
      const value = await run();
      if (round >= 0) values.get(name)?.push(value);
    }
  }
  return [...values].map(([name, all]) => ({ name, values: all, median: median(all) }));
}

/** Lines with each median, its spread, and its ratio to the contender called `peer`. */
export function formatStandings(
  title: string,
  unit: string,
  peer: string,
  standings: readonly Standing[],
): string {
  const base = standings.find(({ name }) => name === peer)?.median;
  const width = Math.max(...standings.map(({ name }) => name.length));
  const lines = standings.map(({ name, median: middle, values }) => {
    const spread = `${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)}`;
    const ratio = base === undefined ? '' : `  ${(middle / base).toFixed(2)} × ${peer}`;
    return `  ${name.padEnd(width)}  ${middle.toFixed(0).padStart(6)} ${unit}  (${spread})${ratio}`;
  });
  return [title, ...lines, ''].join('\n');
}
