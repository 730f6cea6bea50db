// covers: main/recording/cast/json-escape-code.ts
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { formatCode, TARGET } from '../../build/wasm.ts';

test('json-escape-code.ts is what json-escape.wat compiles to', async () => {
  expect(await readFile(TARGET, 'utf8')).toBe(await formatCode());
});
