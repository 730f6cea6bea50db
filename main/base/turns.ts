/** Lets tasks pass one at a time, in the order in which they came. A failing task does not stop the next. */
export interface Turns {
  take<T>(task: () => Promise<T> | T): Promise<T>;
}

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    take(task) {
      const turn = last.then(task);
      last = turn.catch(() => {});
      return turn;
    },
  };
}
