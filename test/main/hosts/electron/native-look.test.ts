import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { lookOf } from '../../../../main/hosts/electron/native-look.ts';

const system = (isDark: boolean, hasContrast = false) => ({
  shouldUseDarkColors: isDark,
  shouldUseHighContrastColors: hasContrast,
});

test('what the user chose holds against the system', () => {
  for (const isDark of [true, false]) {
    expect(lookOf('light', system(isDark))).toEqual({ themeSource: 'light', background: '#ffffff' });
    expect(lookOf('dark', system(isDark))).toEqual({ themeSource: 'dark', background: '#15171a' });
    expect(lookOf('contrast', system(isDark))).toEqual({ themeSource: 'dark', background: '#000000' });
  }
});

test('else it is as the system has it, as on the page', () => {
  expect(lookOf('system', system(true))).toEqual({ themeSource: 'system', background: '#15171a' });
  expect(lookOf('system', system(false))).toEqual({ themeSource: 'system', background: '#ffffff' });
  expect(lookOf('system', system(false, true))).toEqual({ themeSource: 'system', background: '#000000' });
});

test('the grounds are the page’s own', async () => {
  const css = await readFile(new URL('../../../../renderer/ui/theme.css', import.meta.url), 'utf8');
  const grounds = [...css.matchAll(/--surface-0: ([^;]+);/g)].map(([, value]) => value);
  const { background: light } = lookOf('light', system(false));
  const { background: dark } = lookOf('dark', system(false));
  expect(grounds[0]).toBe(`light-dark(${light}, ${dark})`);
  expect(grounds[1]).toBe(lookOf('contrast', system(false)).background);
});
