import { isAscii } from 'node:buffer';
import { ESCAPE_CODE } from './json-escape-code.ts';

/** As long as output waits to become one line, and what one more chunk adds to that. */
const MAX_BYTES = 64 * 1024;
/** Below this the way there and back costs more than is saved. */
const MIN_BYTES = 256;
/** The places in the memory of json-escape.wat. */
const LENGTHS_AT = 2_048;
const INPUT_AT = 4_096;
const OUTPUT_AT = INPUT_AT + MAX_BYTES + 64;

interface Code {
  readonly memory: WebAssembly.Memory;
  escape(from: number, end: number, to: number): number;
}

let prepared: { readonly code: Code; readonly memory: Buffer } | undefined;

/**
 * `before`, then the text as it stands within a JSON string, then `after`: the same bytes as by way of a string, at
 * a third of its cost. `utf8` is UTF-8 from end to end, which is not checked here; `before` and `after` are short
 * ASCII. Undefined for what is too short, too long or has characters beyond ASCII that need an escape: those take
 * the way of a string.
 */
export function escapeJson(before: string, utf8: Uint8Array, after: string): string | undefined {
  if (utf8.length < MIN_BYTES || utf8.length > MAX_BYTES) return undefined;
  prepared ??= prepare();
  const { code, memory } = prepared;
  memory.set(utf8, INPUT_AT);
  const start = OUTPUT_AT + memory.write(before, OUTPUT_AT, 'latin1');
  const end = code.escape(INPUT_AT, INPUT_AT + utf8.length, start);
  if (end < 0) return undefined;
  // Copying bytes into a string is faster than reading characters, which is needed beyond ASCII only.
  return memory.toString(
    isAscii(utf8) ? 'latin1' : 'utf8',
    OUTPUT_AT,
    end + memory.write(after, end, 'latin1'),
  );
}

function prepare(): { readonly code: Code; readonly memory: Buffer } {
  const module = new WebAssembly.Module(Buffer.from(ESCAPE_CODE, 'base64'));
  const code = new WebAssembly.Instance(module).exports as Code;
  const memory = Buffer.from(code.memory.buffer);
  for (let byte = 0; byte < 256; byte += 1) {
    const written = byte < 0x80 ? escapeAscii(byte) : Buffer.of(byte);
    memory.set(written, byte * 8);
    memory[LENGTHS_AT + byte] = written.length;
  }
  return { code, memory };
}

/** JSON leaves DEL as it is. */
function escapeAscii(code: number): Buffer {
  const json = code === 0x7f ? '\\u007f' : JSON.stringify(String.fromCharCode(code)).slice(1, -1);
  return Buffer.from(json);
}
