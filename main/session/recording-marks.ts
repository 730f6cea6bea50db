import { AppError } from '../base/errors.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import { toLabel } from '../recording/label.ts';
import { HIDDEN_INPUT } from '../recording/redaction/input-mask.ts';
import type { CastWriter } from '../recording/writing/cast-writer.ts';
import { createBinaryCap } from './binary-cap.ts';
import { createInputRecorder, type InputNote, type InputRecorder } from './input-recorder.ts';
import { createPromptMarks } from './prompt-marks.ts';
import type { SessionRecord } from './session-record.ts';
import { describePause, PAUSE_LABEL } from './terminal-gap.ts';
import { createUnrecordedTail, type UnrecordedTail } from './unrecorded-tail.ts';

/** What a user decides about a recording while it is made. */
export type RecordingDecision =
  | { readonly kind: 'mark'; readonly label: string }
  /** What is typed is recorded too, as far as it is echoed. */
  | { readonly kind: 'input'; readonly on: boolean }
  | { readonly kind: 'pause'; readonly on: boolean };

/** What the settings allow and ask for, at the time of asking. */
export interface MarkChoices {
  /** Prompts and commands become markers where the shell tells them. */
  readonly promptMarkers: boolean;
  readonly mayPause: boolean;
}

/** What of a session goes into its cast: output with the marks in it, input where that is on, nothing in a pause. */
export interface RecordingMarks {
  readonly inputOn: boolean;
  /** Unix milliseconds. */
  readonly pausedAtMs: number | undefined;
  /** What was shown and not recorded, as long as the pause lasts. */
  readonly unrecorded: readonly SessionRecord[];
  /** Rejects as the writer. */
  write(record: SessionRecord): Promise<void>;
  /** On its way to the shell. Rejects as the writer. */
  typed(bytes: Uint8Array): Promise<void>;
  /** Rejects with `bad-input` where the settings do not allow it, and as the writer. */
  decide(decision: RecordingDecision): Promise<void>;
  /** The recording ends: a pause ends with it. */
  end(): Promise<void>;
}

export interface RecordingMarksNeeds {
  readonly clock: { nowMicros(): number; nowMs(): number };
  readonly writer: Pick<CastWriter, 'output' | 'input' | 'resize' | 'marker' | 'skip'>;
  choices(): MarkChoices;
  /** False where a command has no terminal: then binary output is kept out. */
  readonly hasTerminal: boolean;
}

interface Pause {
  readonly atMs: number;
  readonly tail: UnrecordedTail;
  bytes: number;
}

export function createRecordingMarks(
  { clock, writer, choices, hasTerminal }: RecordingMarksNeeds,
  size: TerminalSize,
): RecordingMarks {
  const prompts = createPromptMarks();
  const caps = hasTerminal ? undefined : { stdout: createBinaryCap(), stderr: createBinaryCap() };
  let { cols } = size;
  let inputOn = false;
  /** Only while input is recorded. */
  let input: InputRecorder | undefined;
  let pause: Pause | undefined;

  /** What was typed before stays out: whether it was echoed is not known any more. */
  function listenAnew(): void {
    input = inputOn && !pause ? createInputRecorder(cols) : undefined;
  }

  function mark(label: string): Promise<void> {
    return writer.marker(label, clock.nowMicros());
  }

  async function writeNotes(notes: readonly InputNote[] = []): Promise<void> {
    for (const note of notes) {
      if (note.kind === 'typed') await writer.input(note.text, clock.nowMicros());
      else await mark(HIDDEN_INPUT);
    }
  }

  async function writeOutput(record: SessionRecord & { kind: 'output' }): Promise<void> {
    const { bytes } = record;
    if (pause) {
      pause.tail.push(record);
      pause.bytes += bytes.byteLength;
      writer.skip(bytes.byteLength, 'paused');
      return;
    }
    const capped = caps?.[record.isStderr ? 'stderr' : 'stdout'].take(bytes);
    if (capped?.label !== undefined) await mark(capped.label);
    if (capped?.isKept === false) {
      writer.skip(bytes.byteLength, 'binary');
      return;
    }
    const nowMicros = clock.nowMicros();
    await writeNotes(input?.printed(bytes, nowMicros));
    const pieces = choices().promptMarkers ? prompts.split(bytes, nowMicros) : [{ bytes }];
    for (const piece of pieces) {
      if (piece.bytes.byteLength > 0) await writer.output(piece.bytes, nowMicros, record);
      if (piece.label !== undefined) await writer.marker(piece.label, nowMicros);
    }
  }

  async function setPaused(on: boolean): Promise<void> {
    if (on === (pause !== undefined)) return;
    if (on) {
      if (!choices().mayPause) {
        throw new AppError('bad-input', 'this recording may not be paused', {
          hint: 'The settings say so, under Recording.',
        });
      }
      pause = { atMs: clock.nowMs(), tail: createUnrecordedTail(), bytes: 0 };
      listenAnew();
      await mark(PAUSE_LABEL);
    } else await endPause('resumed');
  }

  async function endPause(how: 'resumed' | 'ended'): Promise<void> {
    if (!pause) return;
    const { atMs, bytes } = pause;
    pause = undefined;
    listenAnew();
    await mark(describePause(how, clock.nowMs() - atMs, bytes));
  }

  return {
    get inputOn() {
      return inputOn;
    },
    get pausedAtMs() {
      return pause?.atMs;
    },
    get unrecorded() {
      return pause?.tail.records ?? [];
    },
    async write(record) {
      if (record.kind === 'output') await writeOutput(record);
      else if (record.kind === 'resize') {
        cols = record.size.cols;
        input?.resize(cols);
        pause?.tail.push(record);
        await writer.resize(record.size, clock.nowMicros());
      } else if (record.kind === 'marker') {
        // The shell is another one before it and after it.
        listenAnew();
        await mark(record.label);
      }
    },
    typed: (bytes) => writeNotes(input?.typed(bytes, clock.nowMicros())),
    async decide(decision) {
      if (decision.kind === 'mark') await mark(toLabel(decision.label));
      else if (decision.kind === 'pause') await setPaused(decision.on);
      else if (decision.on !== inputOn) {
        inputOn = decision.on;
        listenAnew();
        await mark(inputOn ? 'input is recorded from here' : 'input is not recorded from here');
      }
    },
    async end() {
      await endPause('ended');
      for (const label of [caps?.stdout.end(), caps?.stderr.end()])
        if (label !== undefined) await mark(label);
    },
  };
}
