import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

test('the newest version in the change log is the package’s', async () => {
  const text = await readFile(new URL('../CHANGELOG.md', import.meta.url), 'utf8');
  expect(/^## (\d+\.\d+\.\d+)/m.exec(text)?.[1]).toBe(packageJson.version);
});
