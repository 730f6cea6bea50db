import type { CastItem } from './cast-reader.ts';

/**
 * A recording as a terminal is to be shown it. A command without one ends its lines with a line feed alone, and the cast
 * keeps them so; a terminal would move down and stay in its column. `facts` count where the header is not among the
 * items, as when reading begins further on.
 */
export async function* showOutput(
  items: AsyncIterable<CastItem>,
  facts: { readonly hasTty?: boolean | undefined } = {},
): AsyncGenerator<CastItem> {
  let endLines = facts.hasTty === false ? createLineEnds() : undefined;
  for await (const item of items) {
    if (item.kind === 'header' && item.header.facts?.hasTty === false) endLines ??= createLineEnds();
    yield endLines && item.kind === 'event' && item.event.kind === 'output'
      ? { ...item, event: { ...item.event, text: endLines(item.event.text) } }
      : item;
  }
}

/** Puts a carriage return before each line feed that has none, as a terminal's driver does (termios(3), ONLCR). */
export function createLineEnds(): (text: string) => string {
  let isAfterReturn = false;
  return (text) => {
    const before = isAfterReturn ? '\r' : '';
    if (text !== '') isAfterReturn = text.endsWith('\r');
    return (before + text).replace(/(?<!\r)\n/g, '\r\n').slice(before.length);
  };
}
