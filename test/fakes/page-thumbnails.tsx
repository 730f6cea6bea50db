/** A page with thumbnails of some recordings, for test/renderer/library/thumbnail.test.ts. In the browser. */
import { signal } from '@preact/signals';
import { type JSX, render } from 'preact';
import type { RecordingThumbnail, Settings } from '../../preload/contract.ts';
import { Thumbnail } from '../../renderer/library/thumbnail.tsx';
import { createThumbnailStore } from '../../renderer/library/thumbnail-store.ts';
import { followTheme } from '../../renderer/ui/theme.ts';

const themeSetting = signal<Settings['theme']>('dark');
followTheme(themeSetting);
const shown = signal<readonly string[]>([]);
const asked: string[] = [];
const cancelled: string[] = [];
/** Answers that wait until the stage lets them go. */
const waiting = new Map<string, (thumbnail: RecordingThumbnail) => void>();

const store = createThumbnailStore({
  call(_name, input, { signal: left } = {}) {
    const { recordingId } = input as { recordingId: string };
    asked.push(recordingId);
    return new Promise((resolve, reject) => {
      waiting.set(recordingId, resolve as (thumbnail: RecordingThumbnail) => void);
      left?.addEventListener('abort', () => {
        cancelled.push(recordingId);
        reject(left.reason);
      });
    });
  },
});

function App(): JSX.Element {
  return (
    <main style={{ display: 'grid', gap: '12px', padding: '12px', justifyItems: 'start' }}>
      {shown.value.map((recordingId) => (
        <div key={recordingId} style={{ display: 'flex', gap: '12px', alignItems: 'center' }}>
          <Thumbnail store={store} recording={{ recordingId, bytes: 1, state: 'closed' }} />
          {recordingId}
          {recordingId === 'large' && (
            <Thumbnail
              store={store}
              recording={{ recordingId: 'log', bytes: 1, state: 'closed' }}
              widthPx={480}
              heightPx={288}
            />
          )}
        </div>
      ))}
    </main>
  );
}

const stage = {
  show(recordingIds: readonly string[]): void {
    shown.value = recordingIds;
  },
  answer(recordingId: string, thumbnail: RecordingThumbnail): void {
    waiting.get(recordingId)?.(thumbnail);
  },
  asked: (): readonly string[] => [...asked],
  cancelled: (): readonly string[] => [...cancelled],
  setTheme(theme: Settings['theme']): void {
    themeSetting.value = theme;
  },
};

export type ThumbnailStage = typeof stage;
Object.assign(globalThis, { stage });
render(<App />, document.body);
