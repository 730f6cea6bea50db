/** A body that streams to whoever reads it, and whose beginning is kept so that it can be sent once more. */
export interface KeptBody {
  /** Whether it can still be read from its first byte. */
  readonly isWhole: boolean;
  /** From its first byte. Whoever read before is left without the rest: there is one reader at a time. */
  read(): AsyncGenerator<Uint8Array, void>;
}

/**
 * Keeps at most `maxBytes` and what came last. `source` is not asked before it is read, and not ended where a reader is left.
 */
export function keepBody(source: AsyncIterable<Uint8Array>, maxBytes: number): KeptBody {
  let iterator: AsyncIterator<Uint8Array> | undefined;
  const kept: Uint8Array[] = [];
  let keptBytes = 0;
  let droppedChunks = 0;
  let isEnded = false;
  let readers = 0;
  let pulling: Promise<void> | undefined;

  async function pull(): Promise<void> {
    iterator ??= source[Symbol.asyncIterator]();
    const { done, value } = await iterator.next();
    if (done) {
      isEnded = true;
      return;
    }
    kept.push(value);
    keptBytes += value.byteLength;
  }

  /** One at a time: a reader that was left may still wait for the chunk that is the next one's. */
  function pullOnce(): Promise<void> {
    pulling ??= pull().finally(() => {
      pulling = undefined;
    });
    return pulling;
  }

  async function* read(): AsyncGenerator<Uint8Array, void> {
    readers += 1;
    const reader = readers;
    let position = 0;
    while (reader === readers) {
      const chunk = kept[position - droppedChunks];
      if (chunk === undefined) {
        if (isEnded) return;
        await pullOnce();
        continue;
      }
      position += 1;
      if (keptBytes > maxBytes) {
        kept.splice(0, position - droppedChunks);
        droppedChunks = position;
      }
      yield chunk;
    }
  }

  return {
    get isWhole() {
      return droppedChunks === 0;
    },
    read,
  };
}
