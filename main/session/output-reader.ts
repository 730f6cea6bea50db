/** What a terminal would do with output, told one by one. What has no effect on text is not told. */
export interface OutputActions {
  /** One character. */
  print(character: string): void;
  /** A C0 control. */
  control(code: number): void;
  /** `parameters` as written, a leading `?` or `>` among them. */
  sequence(parameters: string, final: string): void;
  /** `ESC` and one more character. */
  escape(final: string): void;
}

export interface OutputReader {
  /** Characters and sequences may lie across calls. */
  read(bytes: Uint8Array): void;
}

/** Longer ones are no sequences that a terminal would obey. */
const LONGEST_PARAMETERS = 64;

type State = 'text' | 'escape' | 'intermediate' | 'sequence' | 'string' | 'string-escape';

/** After the states of a DEC terminal (vt100.net/emu/dec_ansi_parser), as far as text depends on them. */
export function createOutputReader(actions: OutputActions): OutputReader {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let state: State = 'text';
  let parameters = '';

  function takeControl(code: number): void {
    if (code === 0x1b) state = state === 'string' ? 'string-escape' : 'escape';
    else if (code === 0x18 || code === 0x1a) state = 'text';
    else if (state === 'string' || state === 'string-escape') state = code === 0x07 ? 'text' : 'string';
    // Within a sequence a control is obeyed at once.
    else actions.control(code);
  }

  function takeEscape(character: string): void {
    if (character === '[') {
      state = 'sequence';
      parameters = '';
    } else if (']PX^_'.includes(character)) state = 'string';
    else if (character >= ' ' && character <= '/') state = 'intermediate';
    else {
      state = 'text';
      actions.escape(character);
    }
  }

  function takeSequence(character: string): void {
    if (character >= '@') {
      state = 'text';
      if (character <= '~') actions.sequence(parameters, character);
    } else if (parameters.length < LONGEST_PARAMETERS) parameters += character;
  }

  function take(character: string): void {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) takeControl(code);
    else if (state === 'text') {
      if (code < 0x7f || code >= 0xa0) actions.print(character);
    } else if (state === 'escape') takeEscape(character);
    else if (state === 'sequence') takeSequence(character);
    else if (state === 'intermediate') state = character <= '/' ? 'intermediate' : 'text';
    else if (state === 'string-escape') state = character === '\\' ? 'text' : 'string';
  }

  return {
    read(bytes) {
      for (const character of decoder.decode(bytes, { stream: true })) take(character);
    },
  };
}
