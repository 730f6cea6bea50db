/** What an export will look like: its text, its first pictures, or the screen at any moment of its range. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ExportFormat, ExportRequest, ProblemInfo } from '../../preload/contract.ts';
import { problemOf } from '../problem.ts';
import { formatClock } from '../ui/format.ts';
import { sentence } from '../ui/messages.tsx';
import { isMotionReducedHere } from '../ui/motion.ts';
import type { FileTransfer, PreviewedExport } from './file-transfer.ts';
import { GIF_DEFAULTS } from './gif-fields.tsx';

export interface ExportPreviewProps {
  readonly files: FileTransfer;
  /** Absent while it is not clear what will be exported. */
  readonly request: ExportRequest | undefined;
  readonly durationMicros: number;
}

type Previewed =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly preview: PreviewedExport }
  | { readonly kind: 'failed'; readonly problem: ProblemInfo };

/** Times are typed key by key. */
const SETTLED_MS = 250;
/** Of an animation: enough to see how it moves. */
const PREVIEW_FRAMES = 40;
/** Steps of the moment's slider. */
const MOMENTS = 200;
/** What a player shows: the preview is one moment of it, as it is of an animation where nothing is to move. */
const PLAYED: ReadonlySet<ExportFormat> = new Set(['cast', 'cast3', 'html']);

export function ExportPreview({ files, request, durationMicros }: ExportPreviewProps): JSX.Element {
  const [previewed, setPreviewed] = useState<Previewed>({ kind: 'running' });
  /** From the beginning to the end of the range. */
  const [part, setPart] = useState(1);
  const fromMicros = request?.fromMicros ?? 0;
  const toMicros = Math.max(fromMicros, Math.min(request?.toMicros ?? durationMicros, durationMicros));
  const momentMicros = Math.round(fromMicros + part * (toMicros - fromMicros));
  const isStill = isMotionReducedHere();
  const isPlayed =
    request !== undefined && (PLAYED.has(request.format) || (request.format === 'gif' && isStill));
  const shown = request && JSON.stringify(toPreview(request, isPlayed, part < 1 ? momentMicros : undefined));

  useEffect(() => {
    if (shown === undefined) return undefined;
    const abort = new AbortController();
    const { signal } = abort;
    setPreviewed({ kind: 'running' });
    const timer = setTimeout(() => {
      files.preview(JSON.parse(shown) as ExportRequest, { signal }).then(
        (preview) => !signal.aborted && setPreviewed({ kind: 'done', preview }),
        (error) => !signal.aborted && setPreviewed({ kind: 'failed', problem: problemOf(error) }),
      );
    }, SETTLED_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [shown]);

  return (
    <figure class="export-preview" aria-label="Preview">
      <div class="export-picture" aria-busy={previewed.kind === 'running'}>
        {request ? (
          <Picture previewed={previewed} isDrawn={request.format === 'gif' && !isStill} />
        ) : (
          <p class="secondary">The preview comes with a range.</p>
        )}
      </div>
      {isPlayed && (
        <label class="export-moment">
          <span class="secondary">Moment</span>
          <input
            type="range"
            min={0}
            max={MOMENTS}
            value={part * MOMENTS}
            aria-valuetext={formatClock(momentMicros / 1_000)}
            onInput={(event) => setPart(Number(event.currentTarget.value) / MOMENTS)}
          />
          <span class="secondary numbers">{formatClock(momentMicros / 1_000)}</span>
        </label>
      )}
      <figcaption class="secondary">{request ? captionOf(request.format, isPlayed) : ''}</figcaption>
    </figure>
  );
}

const CAPTIONS: Readonly<Record<ExportFormat, string>> = {
  cast: 'What a player shows then.',
  cast3: 'What a player shows then.',
  html: 'What the page plays then.',
  text: 'How the text begins.',
  gif: 'How the animation begins.',
  svg: 'The whole image.',
};

function captionOf(format: ExportFormat, isPlayed: boolean): string {
  return format === 'gif' && isPlayed ? 'What the animation shows then.' : CAPTIONS[format];
}

/** `momentMicros` is absent for the end. */
function toPreview(
  request: ExportRequest,
  isPlayed: boolean,
  momentMicros: number | undefined,
): ExportRequest {
  const { format, gif, ...rest } = request;
  if (format === 'gif' && !isPlayed) {
    return { ...rest, format, gif: { ...(gif ?? GIF_DEFAULTS), mostFrames: PREVIEW_FRAMES } };
  }
  if (format === 'text') return { ...rest, format };
  const isMoment = isPlayed && momentMicros !== undefined;
  return { ...rest, format: 'svg', ...(isMoment && { toMicros: momentMicros }) };
}

interface PictureProps {
  readonly previewed: Previewed;
  readonly isDrawn: boolean;
}

function Picture({ previewed, isDrawn }: PictureProps): JSX.Element {
  if (previewed.kind === 'running') {
    return (
      <p class="secondary" role="status">
        {isDrawn ? 'Drawing a preview…' : 'Reading a preview…'}
      </p>
    );
  }
  if (previewed.kind === 'failed') {
    const { message, hint } = previewed.problem;
    return (
      <p class="tone-lost" role="status">
        {sentence(message)}
        {hint && ` ${hint}`}
      </p>
    );
  }
  const { preview } = previewed;
  if (preview.kind === 'image') return <img src={preview.address} alt="The screen as it will be exported" />;
  if (preview.text === '') return <p class="secondary">Nothing was on the screen.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled with keys as well
    <pre tabIndex={0}>
      {preview.text}
      {preview.isCut && <span class="secondary">{'\n…'}</span>}
    </pre>
  );
}
