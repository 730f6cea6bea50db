import headless from '@xterm/headless';

/** The characters that a terminal shows after these texts, each with its place and colour. */
export async function drawScreen(texts: readonly string[]): Promise<string[]> {
  const terminal = new headless.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  for (const text of texts) await new Promise<void>((resolve) => terminal.write(text, resolve));
  const cells: string[] = [];
  for (let row = 0; row < 24; row += 1) {
    for (let column = 0; column < 80; column += 1) {
      const cell = terminal.buffer.active.getLine(terminal.buffer.active.baseY + row)?.getCell(column);
      if (cell?.getChars().trim()) cells.push(`${row},${column} ${cell.getChars()} ${cell.getFgColor()}`);
    }
  }
  terminal.dispose();
  return cells;
}
