/** Whether things move that need not: the user's word, else the machine's. */
import { effect, type ReadonlySignal } from '@preact/signals';
import type { Settings } from '../../preload/contract.ts';

const REDUCED = '(prefers-reduced-motion: reduce)';

export function isMotionReduced(setting: Settings['reduceMotion']): boolean {
  return setting === 'on' || (setting === 'system' && matchMedia(REDUCED).matches);
}

/** As the document shows it: for what is handed no settings. */
export function isMotionReducedHere(): boolean {
  const shown = document.documentElement.dataset['motion'];
  return shown === undefined ? isMotionReduced('system') : shown === 'reduced';
}

/** Keeps `data-motion` of the document at what holds, for style sheets. Returns what ends it. */
export function followMotion(setting: ReadonlySignal<Settings['reduceMotion']>): () => void {
  const media = matchMedia(REDUCED);
  const show = (): void => {
    document.documentElement.dataset['motion'] = isMotionReduced(setting.value) ? 'reduced' : 'full';
  };
  media.addEventListener('change', show);
  const stop = effect(show);
  return () => {
    stop();
    media.removeEventListener('change', show);
  };
}
