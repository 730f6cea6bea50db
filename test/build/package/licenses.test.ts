// covers: build/package/inventory.ts
// covers: build/package/sbom.ts
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readThing } from '../../../build/package/inventory.ts';
import { formatLicenses } from '../../../build/package/licenses.ts';
import { formatSbom } from '../../../build/package/sbom.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('each thing stands on the page with its licence and the text that came with it', async () => {
  const page = formatLicenses([await readThing(`${root}/node_modules/ws`)]);
  expect(page).toMatch(/id="ws@\d+\.\d+\.\d+"/);
  expect(page).toContain('<p>MIT</p>');
  expect(page).toContain('Permission is hereby granted, free of charge');
});

test('what a package says is shown, never run', () => {
  const texts = new Map([['LICENSE', '<script>alert(1)</script> & more']]);
  const page = formatLicenses([{ name: 'a"b', version: '1.0.0', license: '<MIT>', texts }]);
  expect(page).not.toContain('<script>');
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; more');
  expect(page).toContain('id="a&quot;b@1.0.0"');
});

test('a package that was published without the text of its licence is told to be so', () => {
  const page = formatLicenses([{ name: 'bare', version: '1.0.0', license: 'MIT', texts: new Map() }]);
  expect(page).toContain('MIT, published without its text');
});

test('the bill of materials names what is packaged, with the hash that npm compared', async () => {
  const node = { name: 'node', version: '24.0.0', license: 'MIT', texts: new Map<string, string>() };
  const things = [await readThing(`${root}/node_modules/@noble/hashes`), node];
  const bom = JSON.parse(await formatSbom(root, '0.1.0', things));
  expect(bom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'kubereel' } } });
  const [noble, added] = bom.components;
  expect(bom.components).toHaveLength(2);
  expect(noble.purl).toBe(`pkg:npm/%40noble/hashes@${things[0]?.version}`);
  const lock = JSON.parse(await readFile(`${root}/package-lock.json`, 'utf8'));
  const locked: string = lock.packages['node_modules/@noble/hashes'].integrity;
  expect(`sha512-${Buffer.from(noble.hashes[0].content, 'hex').toString('base64')}`).toBe(locked);
  expect(added).toMatchObject({ purl: 'pkg:generic/node@24.0.0', licenses: [{ expression: 'MIT' }] });
});
