import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toScreenSvg } from '../../../main/exchange/screen-svg.ts';
import type { CastEvent } from '../../../main/recording/cast/cast.ts';
import { collectText, toOutputs, toParts } from '../../fakes/cast-parts.ts';
import { chromiumPath, launchChromium } from '../../fakes/chromium.ts';

function draw(...texts: readonly string[]): Promise<string> {
  return collectText(toScreenSvg(toParts(toOutputs(...texts), { cols: 20, rows: 4 })));
}

const ALL =
  'plain \u001b[1;31mbold\u001b[0m \u001b[7minv\u001b[0m\r\n漢字 \u001b[4mu \u001b[9ms\u001b[0m <&>"\r\n\u001b[48;5;22m  \u001b[0m\u001b[38;2;1;2;3mrgb\u001b[8mhidden';

test('text, colours and attributes are written where the cells are', async () => {
  const svg = await draw(ALL);
  expect(svg).toContain('fill="#e06c75" font-weight="bold">bold</text>');
  expect(svg).toContain('fill="#11151c">inv</text>');
  expect(svg).toContain('<text x="0" y="31.5" textLength="16.8" lengthAdjust="spacingAndGlyphs">漢</text>');
  expect(svg).toContain('text-decoration="underline">u </text>');
  expect(svg).toContain('&#60;&#38;&#62;"</text>');
  expect(svg).toContain('width="16.8" height="18" fill="#005f00"/>');
  expect(svg).toContain('fill="#010203">rgb</text>');
  expect(svg).not.toContain('hidden');
});

test('a size that changes on the way is that of the image', async () => {
  const events: CastEvent[] = [
    ...toOutputs('before'),
    { kind: 'resize', timeMicros: 1, size: { cols: 40, rows: 10 } },
    { kind: 'output', timeMicros: 2, text: '\r\nafter\u001b[?25l' },
  ];
  const svg = await collectText(toScreenSvg(toParts(events, { cols: 20, rows: 4 })));
  expect(svg).toContain('viewBox="0 0 360 204"');
  expect(svg).toContain('>after</text>');
  expect(svg).not.toContain('fill-opacity="0.5"');
});

describe.skipIf(!chromiumPath)('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  test('it is XML whatever was on the screen, and no text of it is markup', async () => {
    const page = await browser.newPage();
    const svg = await draw(ALL, '\u001b[0m\r\n\ufffe\uffff ]]>\r\n<script>x</script>\r\n&amp;');
    const found = await page.evaluate((text) => {
      const image = new DOMParser().parseFromString(text, 'image/svg+xml');
      return {
        errors: image.querySelectorAll('parsererror').length,
        scripts: image.querySelectorAll('script').length,
        text: image.documentElement.textContent,
      };
    }, svg);
    expect(found).toMatchObject({ errors: 0, scripts: 0 });
    expect(found.text).toContain('<script>x</script>');
    await page.close();
  });

  test('blanks between words stay, so that columns are below each other', async () => {
    const page = await browser.newPage();
    const svg = await draw('PID   USER  %CPU\r\n1     root  0.3\r\n\u001b[4m  x  \u001b[0m');
    const places = await page.evaluate((text) => {
      document.body.innerHTML = text;
      return Array.from(document.querySelectorAll('text'), (row) =>
        Array.from(row.textContent ?? '', (character, index) =>
          character === ' ' ? -1 : Math.round(row.getStartPositionOfChar(index).x / 8.4),
        ),
      );
    }, svg);
    const columns = (text: string): number[] =>
      Array.from(text, (character, index) => (character === ' ' ? -1 : index));
    expect(places).toEqual([columns('PID   USER  %CPU'), columns('1     root  0.3'), columns('  x  ')]);
    await page.close();
  });
});
