/** What is owed to recorders, in words. Pure. */
import type { UploadAnswer, UploadJobInfo, UploadState } from '../../preload/contract-uploads.ts';
import { recorderName } from '../policy/recorder-words.ts';
import type { OwedRecording } from '../store-uploads.ts';
import { formatBytes, formatCount, formatDuration, formatTime } from '../ui/format.ts';
import { sentence } from '../ui/messages.tsx';
import type { DotShape, Tone } from '../ui/status-dot.tsx';

export interface OwedWords {
  readonly shape: DotShape;
  readonly tone: Tone;
  /** For a narrow column: `next try in 2 m`. */
  readonly word: string;
  /** What is the matter and what happens next, in sentences. */
  readonly line: string;
}

const UNREADABLE: OwedWords = {
  shape: 'cross',
  tone: 'lost',
  word: 'not tried again',
  line: 'What was known of its delivery cannot be read. A retry begins anew, with the recorders that the policy names now.',
};

export function describeOwed(one: OwedRecording, nowMs: number): OwedWords {
  return one.kind === 'unreadable' ? UNREADABLE : describeJob(one.job, nowMs);
}

function describeJob({ state, failures }: UploadJobInfo, nowMs: number): OwedWords {
  switch (state.kind) {
    case 'recording':
      return { shape: 'half', tone: 'quiet', word: 'being recorded', line: 'It is still being recorded.' };
    case 'delivering': {
      const { sentBytes, totalBytes } = state;
      return {
        shape: 'half',
        tone: 'live',
        word: `delivering, ${percentOf(state)}`,
        line: `On its way to ${recorderName(state.recorder)}: ${formatBytes(sentBytes)} of ${formatBytes(totalBytes)}.`,
      };
    }
    case 'waiting': {
      const next = describeNextTry(state.nextTryAtMs, nowMs);
      const tried = failures === 0 ? '' : `Tried ${failures === 1 ? 'once' : `${failures} times`}. `;
      return { shape: 'half', tone: 'owed', word: next, line: `${tried}${sentence(next)}` };
    }
    case 'stopped':
      return {
        shape: 'cross',
        tone: 'lost',
        word: 'not tried again',
        line: 'Not tried again by itself: change what the answer names, then retry.',
      };
  }
}

function percentOf({ sentBytes, totalBytes }: UploadJobInfo['state'] & { kind: 'delivering' }): string {
  return `${totalBytes === 0 ? 0 : Math.floor((sentBytes / totalBytes) * 100)} %`;
}

/** `next try in 2 m 13 s`, `next try now`. */
function describeNextTry(nextTryAtMs: number, nowMs: number): string {
  // Rounded up: it never shows a try that is 0 s away.
  const seconds = Math.ceil((nextTryAtMs - nowMs) / 1_000);
  return seconds > 0 ? `next try in ${formatDuration(seconds * 1_000)}` : 'next try now';
}

/** Which recorder has it now, or those that are tried. */
export function describeRecorders(one: OwedRecording): string {
  if (one.kind === 'unreadable') return '';
  const { state, recorders } = one.job;
  return state.kind === 'delivering' ? recorderName(state.recorder) : recorders.map(recorderName).join(', ');
}

/** Why it was not delivered at the last try; empty where none was made yet. */
export function describeLastAnswer(one: OwedRecording): string {
  if (one.kind === 'unreadable') return sentence(one.reason);
  const last = one.job.answers.at(-1);
  return last ? sentence(last.message) : '';
}

/** Why, and what to do. */
export function describeAnswer({ message, hint }: UploadAnswer): string {
  return [message, hint].flatMap((text) => (text ? [sentence(text)] : [])).join(' ');
}

/** Empty where nothing can have arrived. */
export function describeArrived(one: OwedRecording): string {
  if (one.kind === 'unreadable' || one.job.mayHaveArrivedAt.length === 0) return '';
  return `All or some of it may have arrived at ${one.job.mayHaveArrivedAt.join(' and ')}: the next delivery says that it is a second one.`;
}

/** `3 not delivered`. */
export function describeOwedCount(count: number): string {
  return `${count} not delivered`;
}

/** `3 recordings are owed to recorders, the longest since Tue 14:03`. */
export function describeQueue(queue: readonly OwedRecording[], nowMs: number): string {
  const isOne = queue.length === 1;
  const first = queue.find((one) => one.kind === 'job');
  const since = first ? formatTime(first.job.owedSinceMs, nowMs) : '';
  return `${formatCount(queue.length, 'recording')} ${isOne ? 'is' : 'are'} owed to recorders${since && `${isOne ? '' : ', the longest'} since ${since}`}`;
}

export interface DeliveryWords {
  readonly tone: Tone;
  readonly text: string;
  /** All that is known of it, for a hovering pointer. */
  readonly title: string;
  /** Where it can be seen. */
  readonly url?: string;
}

/** Whether a recording is elsewhere too; undefined where nobody wants that. */
export function describeDelivery(state: UploadState, nowMs: number): DeliveryWords | undefined {
  switch (state.kind) {
    case 'none':
      return undefined;
    case 'delivered': {
      const { recorder, atMs, bytes, url, message, isRepeated } = state;
      const again = isRepeated ? ', as a second delivery' : '';
      return {
        tone: 'quiet',
        text: `Delivered to ${recorderName(recorder)}, ${formatTime(atMs, nowMs)}${again}`,
        title: [`${formatBytes(bytes)} at ${recorder.url}`, message].filter(Boolean).join('\n'),
        ...(url !== undefined && { url }),
      };
    }
    case 'unreadable':
      return { tone: 'lost', text: 'Not delivered, and not tried again', title: sentence(state.reason) };
    case 'owed':
      return describeOwing({ kind: 'job', recordingId: state.job.recordingId, job: state.job }, nowMs);
  }
}

/** The same of one that is owed. */
export function describeOwing(one: OwedRecording, nowMs: number): DeliveryWords {
  if (one.kind === 'unreadable') {
    return { tone: 'lost', text: 'Not delivered, and not tried again', title: describeLastAnswer(one) };
  }
  const { state, answers, owedSinceMs } = one.job;
  const title = [...answers.map(describeAnswer), describeArrived(one)].filter(Boolean).join('\n');
  if (state.kind === 'recording') {
    return { tone: 'quiet', text: 'Not delivered yet: it is being recorded', title };
  }
  if (state.kind === 'delivering') {
    const text = `Delivering to ${recorderName(state.recorder)}, ${percentOf(state)}`;
    return { tone: 'quiet', text, title };
  }
  const { word, tone } = describeOwed(one, nowMs);
  return { tone, text: `Not delivered since ${formatTime(owedSinceMs, nowMs)}; ${word}`, title };
}
