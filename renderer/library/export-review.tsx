/** What masking would do to an export, before it is made. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ExportReview, ProblemInfo } from '../../preload/contract.ts';
import { problemOf } from '../problem.ts';
import { formatClock, formatCount } from '../ui/format.ts';
import { sentence } from '../ui/messages.tsx';
import type { RangeDraft } from './export-range.ts';
import type { FileTransfer } from './file-transfer.ts';

export interface ReviewProps {
  readonly files: FileTransfer;
  readonly recordingId: string;
  readonly range: Extract<RangeDraft, { kind: 'ok' }>;
  readonly isMoment: boolean;
}

type Reviewed =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly review: ExportReview }
  | { readonly kind: 'failed'; readonly problem: ProblemInfo };

export function Review({ files, recordingId, range, isMoment }: ReviewProps): JSX.Element {
  const [reviewed, setReviewed] = useState<Reviewed>({ kind: 'running' });
  const { fromMicros, toMicros } = range;

  useEffect(() => {
    const abort = new AbortController();
    const format = isMoment ? 'svg' : 'cast';
    const times = { fromMicros, ...(toMicros !== undefined && { toMicros }) };
    setReviewed({ kind: 'running' });
    files.review({ recordingId, format, isMasked: true, ...times }, { signal: abort.signal }).then(
      (review) => !abort.signal.aborted && setReviewed({ kind: 'done', review }),
      (error) => !abort.signal.aborted && setReviewed({ kind: 'failed', problem: problemOf(error) }),
    );
    return () => abort.abort();
  }, [recordingId, fromMicros, toMicros, isMoment]);

  if (reviewed.kind === 'running') {
    return (
      <p class="dialog-text" role="status">
        Looking for secrets…
      </p>
    );
  }
  if (reviewed.kind === 'failed') {
    return (
      <p class="tone-lost" role="status">
        {sentence(reviewed.problem.message)}
      </p>
    );
  }
  const { maskedSpans, maskedRules, maskedPlaces, leftOutInputs } = reviewed.review;
  return (
    <div class="export-review" role="status">
      <p class="dialog-text">
        {maskedSpans === 0
          ? 'Nothing in it looks like a secret. Look yourself before you hand it on.'
          : `${formatCount(maskedSpans, 'place')} will be masked:`}
      </p>
      {maskedRules.length > 0 && (
        <ul class="export-rules">
          {maskedRules.map(({ rule, name, spans }) => {
            const places = maskedPlaces.filter((place) => place.rule === rule).slice(0, SHOWN_PLACES);
            const times = places.map(({ timeMicros }) => formatClock(timeMicros / 1_000)).join(', ');
            return (
              <li key={rule}>
                <span>{name}</span>
                <span class="secondary numbers">
                  {spans} · {times}
                  {spans > places.length && ', …'}
                </span>
              </li>
            );
          })}
        </ul>
      )}
      {leftOutInputs > 0 && <p class="dialog-text">What was typed is left out.</p>}
    </div>
  );
}

const SHOWN_PLACES = 12;
