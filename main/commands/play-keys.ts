/** What keys mean while a recording plays in a terminal: those of asciinema, and those of the app's player. */

export type PlayCommand =
  | 'toggle'
  | 'step'
  | 'back'
  | 'forward'
  | 'faster'
  | 'slower'
  | 'marker.next'
  | 'marker.previous'
  | 'end';

const COMMANDS: ReadonlyMap<string, PlayCommand> = new Map([
  [' ', 'toggle'],
  ['.', 'step'],
  [']', 'marker.next'],
  ['[', 'marker.previous'],
  ['+', 'faster'],
  ['=', 'faster'],
  ['>', 'faster'],
  ['-', 'slower'],
  ['<', 'slower'],
  ['q', 'end'],
  ['\u0003', 'end'],
  // Arrows, as a terminal sends them in either of its two modes.
  ['\u001b[C', 'forward'],
  ['\u001bOC', 'forward'],
  ['\u001b[D', 'back'],
  ['\u001bOD', 'back'],
]);

/**
 * A key, or a whole sequence of another kind: mouse reports and answers to what the recording asks the terminal, which
 * must not be read as keys (ECMA-48 5.4; xterm, "Control Sequences").
 */
const PRESS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what is looked for
  /\u001b(?:\[M[\s\S]{3}|\[[0-?]*[ -/]*[@-~]|O[\s\S]|[\]P_^X][^\u0007\u001b]*(?:\u0007|\u001b\\)|[^[\]OP_^X])|[^\u001b]/guy;
/** A longer one that has not ended is none. */
const LONGEST_OPEN = 4_096;

/** Reads bytes as they come, sequences in several pieces too. */
export function createPlayKeys(): (bytes: Uint8Array) => readonly PlayCommand[] {
  const decoder = new TextDecoder();
  let open = '';
  return (bytes) => {
    const text = open + decoder.decode(bytes, { stream: true });
    const commands: PlayCommand[] = [];
    let end = 0;
    for (const { 0: press, index } of text.matchAll(PRESS)) {
      end = index + press.length;
      const command = COMMANDS.get(press);
      if (command) commands.push(command);
    }
    const rest = text.slice(end);
    open = rest.length > LONGEST_OPEN ? '' : rest;
    return commands;
  };
}
