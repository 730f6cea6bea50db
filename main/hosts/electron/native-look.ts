import type { NativeTheme } from 'electron';
import type { Settings } from '../../../preload/contract.ts';

/** How what is drawn by the system, and a window before its page, look like the page. */
export interface NativeLook {
  readonly themeSource: NativeTheme['themeSource'];
  /** The page's ground, `surface-0` of renderer/ui/theme.css: no flash of another before it. */
  readonly background: string;
}

const GROUNDS = { light: '#ffffff', dark: '#15171a', contrast: '#000000' } as const;

export function lookOf(
  theme: Settings['theme'],
  system: Pick<NativeTheme, 'shouldUseDarkColors' | 'shouldUseHighContrastColors'>,
): NativeLook {
  if (theme === 'light') return { themeSource: 'light', background: GROUNDS.light };
  if (theme === 'dark') return { themeSource: 'dark', background: GROUNDS.dark };
  // The system has no such theme; its dark one is the nearest.
  if (theme === 'contrast') return { themeSource: 'dark', background: GROUNDS.contrast };
  if (system.shouldUseHighContrastColors) return { themeSource: 'system', background: GROUNDS.contrast };
  return { themeSource: 'system', background: system.shouldUseDarkColors ? GROUNDS.dark : GROUNDS.light };
}
