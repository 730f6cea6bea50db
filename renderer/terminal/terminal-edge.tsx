/** Where a session's or recording's cells end, when they are more or fewer than fit. */
import type { JSX } from 'preact';
import type { TerminalSize } from '../../preload/contract.ts';

export interface Edge extends TerminalSize {
  /** Of all cells, in CSS pixels. */
  readonly width: number;
  readonly height: number;
}

export function TerminalEdge({ edge }: { readonly edge: Edge }): JSX.Element {
  return (
    <div
      class="terminal-edge"
      style={{ '--cells-width': `${edge.width}px`, '--cells-height': `${edge.height}px` }}
    />
  );
}
