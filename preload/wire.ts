/**
 * What carries the contract: in memory, a MessagePort or a WebSocket. Messages arrive whole and in order.
 * Text and bytes are told apart, nothing else is known of them.
 */
export interface Wire {
  /**
   * Ignored once closed. Does not wait: calls are answered one for one and streams have credit, and a wire that knows
   * how much lies unread closes beyond its limit.
   */
  send(message: string | Uint8Array): void;
  /** One listener; messages that came before it are kept for it. Returns what removes it. */
  onMessage(listener: (message: unknown) => void): () => void;
  /** Called once when the other side is gone or we closed; at once where that has happened already. */
  onClosed(listener: () => void): () => void;
  close(): void;
}
