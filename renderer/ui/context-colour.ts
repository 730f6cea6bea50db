/** Which of the eight context colours a context has: the same on every start and machine. */

const COLOURS = 8;

/**
 * 1 to 8 for each name. Up to eight contexts share no colour; beyond that they do, and their names,
 * which always stand beside the colour, tell them apart.
 */
export function assignContextColours(names: readonly string[]): ReadonlyMap<string, number> {
  const colours = new Map<string, number>();
  const taken = new Set<number>();
  for (const name of [...names].sort()) {
    let colour = contextColourOf(name);
    while (taken.size < COLOURS && taken.has(colour)) colour = (colour % COLOURS) + 1;
    taken.add(colour);
    colours.set(name, colour);
  }
  return colours;
}

/** For a context that is in no list, such as that of an old recording. */
export function contextColourOf(name: string): number {
  // FNV-1a, 32 bit.
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return ((hash >>> 0) % COLOURS) + 1;
}
