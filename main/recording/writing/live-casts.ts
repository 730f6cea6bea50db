/** The casts that this process writes now. */
export interface LiveCasts {
  /** Returns what takes it out again. */
  add(cast: SyncedCast): () => void;
  /**
   * Resolves when all that they took is on the disk, or is known not to be. For when the machine is about to sleep, to
   * be locked or to lose its power. Never rejects: each cast tells its own trouble.
   */
  syncAll(): Promise<void>;
}

export interface SyncedCast {
  /** Never rejects. */
  sync(): Promise<void>;
}

export function createLiveCasts(): LiveCasts {
  const casts = new Set<SyncedCast>();
  return {
    add(cast) {
      casts.add(cast);
      return () => void casts.delete(cast);
    },
    async syncAll() {
      await Promise.all(Array.from(casts, (cast) => cast.sync()));
    },
  };
}
