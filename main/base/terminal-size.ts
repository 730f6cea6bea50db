/** In characters, 1 to 65535 each. */
export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}
