/** What a screen reader says when a session changes. Pure. */
import type { RecordingState, SessionInfo } from '../../preload/contract.ts';
import { targetName } from '../store-recents.ts';
import { describeEnd } from '../terminal/session-words.ts';
import type { Urgency } from '../ui/announcer.ts';

export interface News {
  readonly text: string;
  readonly urgency: Urgency;
}

/** Empty where nothing changed that one would want to be told: sizes and figures do it all the time. */
export function describeNews(before: SessionInfo, after: SessionInfo): readonly News[] {
  const name = targetName(after.target);
  const state = stateNews(before, after, name);
  // What its end did to the recording, its end has said.
  const recording = after.state.kind === 'ended' ? undefined : recordingNews(before, after, name);
  return [state, recording].filter((one): one is News => one !== undefined);
}

function stateNews(before: SessionInfo, after: SessionInfo, name: string): News | undefined {
  const { state } = after;
  if (before.state.kind === state.kind) return undefined;
  switch (state.kind) {
    case 'live':
      return before.state.kind === 'reconnecting'
        ? polite(`${name} is connected again.`)
        : polite(
            `The shell in ${name} is open. ${isRecorded(after.recording) ? 'It is recorded.' : ''}`.trim(),
          );
    case 'reconnecting':
      return polite(`The connection to ${name} is lost. Reconnecting.`);
    case 'ended': {
      const words = describeEnd(after);
      return words && { text: `${name}: ${words.title}.`, urgency: words.problem ? 'assertive' : 'polite' };
    }
    case 'opening':
      return undefined;
  }
}

function recordingNews(before: SessionInfo, after: SessionInfo, name: string): News | undefined {
  const was = before.recording;
  const is = after.recording;
  if (is.kind === 'failed' && was.kind !== 'failed') return assertive(`${name} is not recorded any more.`);
  if (is.kind !== 'recording' || was.kind !== 'recording') return undefined;
  if (is.trouble && !was.trouble)
    return assertive(`The recording of ${name} is held up: the disk takes nothing.`);
  if (!is.trouble && was.trouble) return polite(`The recording of ${name} goes on.`);
  if (isOwed(is) && !isOwed(was)) return assertive(`No recorder has the recording of ${name}.`);
  if (!isOwed(is) && isOwed(was)) return polite(`A recorder has the recording of ${name} again.`);
  if (is.pausedAtMs !== undefined && was.pausedAtMs === undefined) {
    return polite(`The recording of ${name} is paused.`);
  }
  if (is.pausedAtMs === undefined && was.pausedAtMs !== undefined)
    return polite(`${name} is recorded again.`);
  if (is.inputOn && !was.inputOn) return polite(`What you type in ${name} is recorded.`);
  if (!is.inputOn && was.inputOn) return polite(`What you type in ${name} is not recorded any more.`);
  return undefined;
}

function isRecorded({ kind }: RecordingState): boolean {
  return kind === 'recording';
}

function isOwed({ delivery }: RecordingState & { readonly kind: 'recording' }): boolean {
  return delivery?.kind === 'owed';
}

function polite(text: string): News {
  return { text, urgency: 'polite' };
}

function assertive(text: string): News {
  return { text, urgency: 'assertive' };
}
