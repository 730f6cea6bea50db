/** Asks in which form, from where to where and how masked a recording is handed on, and shows what would be masked. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type {
  ExportFormat,
  ExportRequest,
  GifOptions,
  ProblemInfo,
  RecordingInfo,
} from '../../preload/contract.ts';
import { problemOf } from '../problem.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { formatBytes, formatClock } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { sentence } from '../ui/messages.tsx';
import { ExportPreview } from './export-preview.tsx';
import { readRange } from './export-range.ts';
import { Review } from './export-review.tsx';
import type { FileTransfer } from './file-transfer.ts';
import { GIF_DEFAULTS, GifFields } from './gif-fields.tsx';
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
  { format: 'gif', label: 'Animation, for where no player is (GIF)' },
  { format: 'svg', label: 'Image of one moment (SVG)' },
];

/** By terminals, for which lines end with CR LF; what was typed is in them as well. */
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
  const [gif, setGif] = useState<GifOptions>(GIF_DEFAULTS);
  const [work, setWork] = useState<Work>({ kind: 'none' });
  const { recordingId, durationMicros } = recording;
  const isMoment = format === 'svg';
  const range = readRange(isMoment ? '' : from, to, durationMicros);
  const isRunning = work.kind === 'running';

  /** Undefined while the range is none. */
  function request(): ExportRequest | undefined {
    if (range.kind === 'wrong') return undefined;
    const { kind: _kind, ...times } = range;
    return { recordingId, format, isMasked, ...times, ...(format === 'gif' && { gif }) };
  }

  async function run(): Promise<void> {
    const wanted = request();
    if (!wanted || isRunning) return;
    const abort = new AbortController();
    setWork({ kind: 'running', bytes: 0, abort });
    try {
      const onBytes = (bytes: number): void => setWork({ kind: 'running', bytes, abort });
      await files.download(wanted, { signal: abort.signal, onBytes });
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
              {work.bytes === 0 ? 'Reading the recording…' : formatBytes(work.bytes)}
            </span>
          )}
          <Button onPress={close}>Cancel</Button>
          <Button kind="primary" isDisabled={range.kind === 'wrong' || isRunning} onPress={() => void run()}>
            Export
          </Button>
        </>
      }
    >
      <div class="export-columns">
        <div class="export-choices">
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
                  <Field
                    label="From"
                    placeholder="00:00:00"
                    value={from}
                    most={LONGEST_TIME}
                    onInput={setFrom}
                  />
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
            {format === 'gif' && <GifFields options={gif} onChange={setGif} />}
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
              {PLAYED.has(format) ? ', and all that was typed where that is recorded.' : '.'}
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
        </div>
        <ExportPreview files={files} request={request()} durationMicros={durationMicros} />
      </div>
    </Dialog>
  );
}

/** Of a time that is typed. */
const LONGEST_TIME = 16;

function toFormat(value: string): ExportFormat {
  return FORMATS.find(({ format }) => format === value)?.format ?? 'cast';
}
