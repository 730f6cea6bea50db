/**
 * What screen readers are to say by themselves, wherever the focus is. One region of the document for what waits its turn
 * and one for what does not: regions of their own would interrupt each other.
 */
import { type ReadonlySignal, signal } from '@preact/signals';

export type Urgency = 'polite' | 'assertive';

export interface Announcement {
  /** Another one each time: the same words are said again. */
  readonly id: number;
  readonly text: string;
}

const said = {
  polite: signal<Announcement | undefined>(undefined),
  assertive: signal<Announcement | undefined>(undefined),
};
let lastId = 0;

export const announced: Readonly<Record<Urgency, ReadonlySignal<Announcement | undefined>>> = said;

/** A sentence; a later one takes the place of one that was not said yet. */
export function announce(text: string, urgency: Urgency = 'polite'): void {
  lastId += 1;
  said[urgency].value = { id: lastId, text };
}
