import type { PackagedThing } from './inventory.ts';

/**
 * The licences of everything in the package on one page, which the app can show. Where a package was published without
 * the text of its licence, the page says so and names the licence.
 */
export function formatLicenses(things: readonly PackagedThing[]): string {
  const sections = things.map(({ name, version, license, texts }) =>
    [
      `<section id="${escapeHtml(`${name}@${version}`)}">`,
      `<h2>${escapeHtml(`${name} ${version}`)}</h2>`,
      `<p>${escapeHtml(license)}${texts.size === 0 ? ', published without its text' : ''}</p>`,
      ...[...texts].map(([file, text]) => `<h3>${escapeHtml(file)}</h3>\n<pre>${escapeHtml(text)}</pre>`),
      '</section>',
    ].join('\n'),
  );
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<title>Licences of what Kubereel is made of</title>',
    '<style>body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }',
    'pre { white-space: pre-wrap; font-size: 13px } section { border-top: 1px solid #8886 }</style>',
    '<h1>Licences</h1>',
    '<p>What is in this package, with the licence of each. Those of Chromium are in LICENSES.chromium.html beside the',
    'app.</p>',
    ...sections,
    '</html>',
    '',
  ].join('\n');
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
