/** Asks in which form, from where to where and how masked a recording is handed on, and shows what would be masked. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ExportFormat, ExportReview, ProblemInfo, RecordingInfo } from '../../preload/contract.ts';
import { problemOf } from '../problem.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { formatBytes, formatClock, formatCount } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { sentence } from '../ui/messages.tsx';
import { type RangeDraft, readRange } from './export-range.ts';
import type { FileTransfer } from './file-transfer.ts';
import { nameOf } from './recording-words.ts';

export interface ExportDialogProps {
  readonly recording: RecordingInfo;
  readonly files: FileTransfer;
  readonly onClose: () => void;
}

const FORMATS: readonly { readonly format: ExportFormat; readonly label: string }[] = [
  { format: 'cast', label: 'asciicast v2, for every player' },
  { format: 'cast3', label: 'asciicast v3' },
  { format: 'text', label: 'Plain text, what was on the screen' },
  { format: 'html', label: 'Web page that plays it, offline' },
  { format: 'svg', label: 'Image of one moment (SVG)' },
];

/** By terminals, for which lines end with CR LF. */
const PLAYED: ReadonlySet<ExportFormat> = new Set(['cast', 'cast3', 'html']);

type Work =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly bytes: number; readonly abort: AbortController }
  | { readonly kind: 'failed'; readonly problem: ProblemInfo };

export function ExportDialog({ recording, files, onClose }: ExportDialogProps): JSX.Element {
  const [format, setFormat] = useState<ExportFormat>('cast');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [isMasked, setMasked] = useState(true);
  const [work, setWork] = useState<Work>({ kind: 'none' });
  const { recordingId, durationMicros } = recording;
  const isMoment = format === 'svg';
  const range = readRange(isMoment ? '' : from, to, durationMicros);
  const isRunning = work.kind === 'running';

  async function run(): Promise<void> {
    if (range.kind === 'wrong' || isRunning) return;
    const { kind: _kind, ...times } = range;
    const abort = new AbortController();
    setWork({ kind: 'running', bytes: 0, abort });
    try {
      const request = { recordingId, format, isMasked, ...times };
      const onBytes = (bytes: number): void => setWork({ kind: 'running', bytes, abort });
      await files.download(request, { signal: abort.signal, onBytes });
      onClose();
    } catch (error) {
      if (!abort.signal.aborted) setWork({ kind: 'failed', problem: problemOf(error) });
    }
  }

  function close(): void {
    if (isRunning) work.abort.abort();
    onClose();
  }

  return (
    <Dialog
      title={`Export ${nameOf(recording) || recordingId}`}
      class="export-dialog"
      onClose={close}
      actions={
        <>
          {isRunning && (
            <span class="export-progress secondary numbers" role="status">
              {formatBytes(work.bytes)}
            </span>
          )}
          <Button onPress={close}>Cancel</Button>
          <Button kind="primary" isDisabled={range.kind === 'wrong' || isRunning} onPress={() => void run()}>
            Export
          </Button>
        </>
      }
    >
      <div class="export-form">
        <label for="export-format">Format</label>
        <div class="field select-field">
          <select
            id="export-format"
            value={format}
            data-focus-first=""
            onChange={(event) => setFormat(toFormat(event.currentTarget.value))}
          >
            {FORMATS.map((one) => (
              <option key={one.format} value={one.format}>
                {one.label}
              </option>
            ))}
          </select>
          <Icon name="down" />
        </div>
        <span>{isMoment ? 'Moment' : 'Range'}</span>
        <div class="export-range">
          {!isMoment && (
            <>
              <Field label="From" placeholder="00:00:00" value={from} most={LONGEST_TIME} onInput={setFrom} />
              <span class="secondary">to</span>
            </>
          )}
          <Field
            label={isMoment ? 'Moment' : 'To'}
            placeholder={formatClock(durationMicros / 1_000)}
            value={to}
            most={LONGEST_TIME}
            onInput={setTo}
          />
        </div>
        <label for="export-masked">Mask secrets</label>
        <input
          id="export-masked"
          type="checkbox"
          role="switch"
          class="switch"
          checked={isMasked}
          aria-checked={isMasked}
          onChange={(event) => setMasked(event.currentTarget.checked)}
        />
      </div>
      {range.kind === 'wrong' ? (
        <p class="tone-lost" role="status">
          {range.line}
        </p>
      ) : isMasked ? (
        <Review files={files} recordingId={recordingId} range={range} isMoment={isMoment} />
      ) : (
        <p class="dialog-text" role="status">
          Nothing is masked: whoever gets the file reads every secret that was on the screen
          {isMoment ? '.' : ', and all that was typed where that is recorded.'}
        </p>
      )}
      {recording.hasTty === false && PLAYED.has(format) && (
        <p class="dialog-text">
          Its lines will end with CR LF, as players need it: the command had no terminal.
        </p>
      )}
      {recording.encryptedTo && <p class="dialog-text">The recording is encrypted; the file is not.</p>}
      {work.kind === 'failed' && (
        <p class="tone-lost" role="alert">
          {sentence(work.problem.message)}
          {work.problem.hint && ` ${work.problem.hint}`}
        </p>
      )}
    </Dialog>
  );
}

/** Of a time that is typed. */
const LONGEST_TIME = 16;

function toFormat(value: string): ExportFormat {
  return FORMATS.find(({ format }) => format === value)?.format ?? 'cast';
}

interface ReviewProps {
  readonly files: FileTransfer;
  readonly recordingId: string;
  readonly range: Extract<RangeDraft, { kind: 'ok' }>;
  readonly isMoment: boolean;
}

type Reviewed =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly review: ExportReview }
  | { readonly kind: 'failed'; readonly problem: ProblemInfo };

function Review({ files, recordingId, range, isMoment }: ReviewProps): JSX.Element {
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
