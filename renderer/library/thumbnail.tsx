/** A small picture of a recording's busiest moment, in its place from the start. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { RecordingInfo, RecordingThumbnail } from '../../preload/contract.ts';
import { readTerminalFace, readTerminalTheme, watchTheme } from '../terminal/terminal-theme.ts';
import { paintThumbnail, type ThumbnailLook } from './thumbnail-paint.ts';
import type { ThumbnailStore } from './thumbnail-store.ts';

export interface ThumbnailProps {
  readonly store: ThumbnailStore;
  readonly recording: Pick<RecordingInfo, 'recordingId' | 'bytes' | 'state'>;
  /** In CSS pixels, whatever size the terminal had; that of a row by default. */
  readonly widthPx?: number;
  readonly heightPx?: number;
}

/** A row that is scrolled past is gone before. */
const LINGER_MS = 150;

/** Asked for while it is in the page, which in a virtual list is while its row is in view. */
export function Thumbnail({ store, recording, widthPx = 40, heightPx = 24 }: ThumbnailProps): JSX.Element {
  const { recordingId, bytes, state } = recording;
  // A live one grows all the time: its picture is made once, and again when it has ended.
  const version = state === 'live' ? 'live' : `${bytes}`;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [thumbnail, setThumbnail] = useState(() => store.known(recordingId, version));

  useEffect(() => {
    const known = store.known(recordingId, version);
    setThumbnail(known);
    if (known) return;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      store.ask(recordingId, version, controller).then(setThumbnail, () => {});
    }, LINGER_MS);
    return () => {
      clearTimeout(timer);
      controller.abort(new Error('the row has left the view'));
    };
  }, [store, recordingId, version]);

  useLayoutEffect(() => {
    if (!canvas.current || thumbnail?.kind !== 'screen') return;
    const { current } = canvas;
    const paint = (): void => draw(current, thumbnail, { widthPx, heightPx });
    paint();
    return watchTheme(paint);
  }, [thumbnail, widthPx, heightPx]);

  return (
    <span
      class={`thumbnail ${thumbnail?.kind === 'screen' ? 'is-drawn' : ''}`}
      style={{ '--width': `${widthPx}px`, '--height': `${heightPx}px` }}
      aria-hidden="true"
    >
      {thumbnail?.kind === 'screen' && <canvas ref={canvas} />}
    </span>
  );
}

function draw(
  canvas: HTMLCanvasElement,
  thumbnail: Extract<RecordingThumbnail, { kind: 'screen' }>,
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
): void {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(widthPx * ratio);
  canvas.height = Math.round(heightPx * ratio);
  const context = canvas.getContext('2d');
  if (context) paintThumbnail(context, thumbnail, readLook());
}

/** By the name of the page's theme: reading one makes the browser work out styles, which no row of a list may wait for. */
const looks = new Map<string, ThumbnailLook>();

function readLook(): ThumbnailLook {
  const name = document.documentElement.dataset['theme'] ?? '';
  const look = looks.get(name) ?? { theme: readTerminalTheme(), face: readTerminalFace() };
  looks.set(name, look);
  return look;
}
