import type { Note } from './control-contract.ts';

const notes: Note[] = [];

export function note(what: Note): void {
  notes.push(what);
}

export function readNotes(): readonly Note[] {
  return notes;
}
