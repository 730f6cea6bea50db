import { readFile, writeFile } from 'node:fs/promises';
import wabt from 'wabt';

/** WebAssembly as the source of a module that needs no file beside it: what json-escape.wat compiles to. */

const SOURCE = new URL('../main/recording/cast/json-escape.wat', import.meta.url);
export const TARGET: URL = new URL('../main/recording/cast/json-escape-code.ts', import.meta.url);

export async function formatCode(): Promise<string> {
  const { parseWat } = await wabt();
  const parsed = parseWat('json-escape.wat', await readFile(SOURCE, 'utf8'), { simd: true });
  const code = Buffer.from(parsed.toBinary({}).buffer).toString('base64');
  parsed.destroy();
  return [
    '/** json-escape.wat as WebAssembly, in base64: `npm run wasm` writes it. */',
    'export const ESCAPE_CODE: string =',
    `  '${code}';`,
    '',
  ].join('\n');
}

if (import.meta.main) await writeFile(TARGET, await formatCode());
