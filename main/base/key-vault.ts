/** Keeps secret keys where only this user can use them. */
export interface KeyVault {
  /** Ends the names of its files: what one vault has locked no other opens. */
  readonly suffix: string;
  /** What is stored in the file instead of the secret text. */
  lock(secret: string): Promise<string>;
  /** Rejects where it was locked elsewhere, or the user refuses. */
  unlock(stored: string): Promise<string>;
}

/** Where there is no other, a file of mode 0600 is all that keeps a key. */
export const openVault: KeyVault = {
  suffix: '',
  lock: async (secret) => secret,
  unlock: async (stored) => stored,
};
