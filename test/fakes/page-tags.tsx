/** A page with the question what is said of recordings, for test/renderer/library/tags-dialog.test.ts. In the browser. */
import { signal } from '@preact/signals';
import { type JSX, render } from 'preact';
import type { RecordingInfo, Settings } from '../../preload/contract.ts';
import { tagsOf } from '../../renderer/library/tag-choice.ts';
import { TagsDialog } from '../../renderer/library/tags-dialog.tsx';
import { followTheme } from '../../renderer/ui/theme.ts';
import { recording } from './recording-info.ts';
import { createStageKeeping } from './stage-keeping.ts';

const theme = signal<Settings['theme']>('dark');
followTheme(theme);
const recordings = signal<ReadonlyMap<string, RecordingInfo> | undefined>(undefined);
const asked = signal<readonly RecordingInfo[]>([]);
const deeds: string[] = [];
const { keeping } = createStageKeeping(recordings, deeds);
/** The answer to what was asked last comes when the stage says so. */
let release: (() => void) | undefined;
let isHeld = false;

function App(): JSX.Element | null {
  if (asked.value.length === 0) return null;
  return (
    <TagsDialog
      recordings={asked.value}
      knownTags={tagsOf(recordings.value?.values() ?? [])}
      annotate={async (ids, change, onChanged) => {
        await keeping.annotate(ids, change);
        onChanged?.(1);
        if (isHeld)
          await new Promise<void>((resolve) => {
            release = resolve;
          });
      }}
      onClose={() => {
        asked.value = [];
      }}
    />
  );
}

const stage = {
  /** Asks about the first ones of a library. */
  ask(count: number, library: readonly Partial<RecordingInfo>[]): void {
    const all = library.map((item, index) => recording({ recordingId: `r${index + 1}`, ...item }));
    recordings.value = new Map(all.map((one) => [one.recordingId, one]));
    asked.value = all.slice(0, count);
  },
  hold(): void {
    isHeld = true;
  },
  release(): void {
    release?.();
  },
  setTheme(next: Settings['theme']): void {
    theme.value = next;
  },
  deeds: () => deeds,
};
export type TagsStage = typeof stage;
Object.assign(globalThis, { stage });

document.body.innerHTML = '<div id="page"></div>';
render(<App />, document.querySelector('#page') as HTMLElement);
