/** Which theme is shown, and its colours as values for what cannot read CSS: the terminals. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Settings } from '../../preload/contract.ts';

type ShownTheme = 'light' | 'dark' | 'contrast';

export interface ThemeWatch {
  readonly shown: ReadonlySignal<ShownTheme>;
  end(): void;
}

/** Follows the setting and, for `system`, the machine; keeps `data-theme` of the document at what is shown. */
export function followTheme(setting: ReadonlySignal<Settings['theme']>): ThemeWatch {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const contrast = matchMedia('(prefers-contrast: more)');
  const machine = signal(themeOf(dark, contrast));
  const onChange = (): void => {
    machine.value = themeOf(dark, contrast);
  };
  dark.addEventListener('change', onChange);
  contrast.addEventListener('change', onChange);
  const shown = computed<ShownTheme>(() => (setting.value === 'system' ? machine.value : setting.value));
  const stop = shown.subscribe((theme) => {
    document.documentElement.dataset['theme'] = theme;
  });
  return {
    shown,
    end() {
      stop();
      dark.removeEventListener('change', onChange);
      contrast.removeEventListener('change', onChange);
    },
  };
}

export type ColourRole =
  | 'surface-0'
  | 'surface-1'
  | 'surface-2'
  | 'surface-3'
  | 'line'
  | 'line-strong'
  | 'text-1'
  | 'text-2'
  | 'text-3'
  | 'accent'
  | 'live'
  | 'owed'
  | 'lost'
  | 'hit'
  | `ansi-${number}`
  | `context-${number}`;

/** The colour of a role as it is shown now, in a form that every parser of colours takes: `rgb(…)`. */
export function readColour(role: ColourRole): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--${role})`;
  document.documentElement.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function themeOf(dark: MediaQueryList, contrast: MediaQueryList): ShownTheme {
  if (contrast.matches) return 'contrast';
  return dark.matches ? 'dark' : 'light';
}
