import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/** The colours of renderer/ui/theme.css are measured here; what reads them in a browser is in kit.test.ts. */
const css = readFileSync(new URL('../../../renderer/ui/theme.css', import.meta.url), 'utf8');

type Colour = readonly [number, number, number];
type Theme = ReadonlyMap<string, Colour>;

const SURFACES = ['surface-0', 'surface-1', 'surface-2', 'surface-3'];
const TEXTS = ['text-1', 'text-2', 'text-3', 'accent', 'live', 'owed', 'lost'];
const CONTEXTS = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `context-${number}`);

const themes = readThemes();

describe.each([...themes])('theme %s', (_name, theme) => {
  test('every text can be read on every surface', () => {
    expect(failing(theme, TEXTS, SURFACES, 4.5)).toEqual([]);
  });

  test('words on filled buttons can be read', () => {
    expect(failing(theme, ['on-accent'], ['accent'], 4.5)).toEqual([]);
    expect(failing(theme, ['on-lost'], ['lost'], 4.5)).toEqual([]);
  });

  test('signs can be told from what is behind them', () => {
    expect(failing(theme, [...CONTEXTS, 'line-strong'], SURFACES.slice(0, 3), 3)).toEqual([]);
  });

  test('found text can be read', () => {
    expect(failing(theme, ['text-1'], ['hit'], 4.5)).toEqual([]);
  });

  test('a terminal’s colours can be read on its ground, but the one that is meant to be faint', () => {
    const inks = Array.from({ length: 16 }, (_, index) => `ansi-${index}`).filter(
      (name) => theme.has(name) && name !== 'ansi-0',
    );
    expect(failing(theme, inks, ['surface-0'], 4.5)).toEqual([]);
  });

  test('context colours stay apart for every kind of colour vision', () => {
    const close = CONTEXTS.flatMap((a, index) =>
      CONTEXTS.slice(0, index).flatMap((b) =>
        Object.entries(VISIONS)
          .filter(([, matrix]) => distance(seen(theme, a, matrix), seen(theme, b, matrix)) < 0.1)
          .map(([vision]) => `${a} and ${b} to ${vision} eyes`),
      ),
    );
    expect(close).toEqual([]);
  });
});

function readThemes(): Map<string, Theme> {
  const block = (selector: string): string => {
    const start = css.indexOf(`${selector} {`);
    expect(start, selector).toBeGreaterThanOrEqual(0);
    return css.slice(start, css.indexOf('\n}', start));
  };
  const pairs = [...block(':root').matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)];
  expect(pairs.length).toBeGreaterThan(30);
  const light = new Map(pairs.map(([, name, value]) => [name ?? '', parseHex(value ?? '')]));
  const dark = new Map(pairs.map(([, name, , value]) => [name ?? '', parseHex(value ?? '')]));
  const changes = [...block(':root[data-theme="contrast"]').matchAll(/--([\w-]+): (#\w{6})/g)];
  const contrast = new Map([
    ...dark,
    ...changes.map(([, name, value]) => [name ?? '', parseHex(value ?? '')] as const),
  ]);
  return new Map([
    ['light', light],
    ['dark', dark],
    ['contrast', contrast],
  ]);
}

function failing(theme: Theme, inks: readonly string[], grounds: readonly string[], least: number): string[] {
  return inks.flatMap((ink) =>
    grounds
      .map((ground) => ({ ground, ratio: contrastOf(colour(theme, ink), colour(theme, ground)) }))
      .filter(({ ratio }) => ratio < least)
      .map(({ ground, ratio }) => `${ink} on ${ground}: ${ratio.toFixed(2)}`),
  );
}

function colour(theme: Theme, name: string): Colour {
  const value = theme.get(name);
  if (!value) throw new Error(`theme.css has no ${name}`);
  return value;
}

function parseHex(hex: string): Colour {
  const part = (start: number): number => Number.parseInt(hex.slice(start, start + 2), 16);
  return [part(1), part(3), part(5)];
}

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrastOf(a: Colour, b: Colour): number {
  const luminance = (value: Colour): number => {
    const [red, green, blue] = linear(value);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function linear(value: Colour): [number, number, number] {
  return value.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
}

type Matrix = readonly [number, number, number, number, number, number, number, number, number];

/** Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB. */
const VISIONS: Record<string, Matrix> = {
  all: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

function seen(theme: Theme, name: string, m: Matrix): Colour {
  const [r, g, b] = linear(colour(theme, name));
  const shown = [
    m[0] * r + m[1] * g + m[2] * b,
    m[3] * r + m[4] * g + m[5] * b,
    m[6] * r + m[7] * g + m[8] * b,
  ];
  return oklab(shown.map((part) => Math.min(1, Math.max(0, part))) as [number, number, number]);
}

/** Ottosson 2020: distances in it are distances to the eye; 0.02 is just noticed side by side. */
function oklab([r, g, b]: Colour): Colour {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function distance(a: Colour, b: Colour): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
