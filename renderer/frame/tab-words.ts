/** How a tab is named, and its state as a sign. Pure. */
import type { RecordingInfo, SessionInfo } from '../../preload/contract.ts';
import type { DoctorQuestion } from '../doctor/doctor-run.ts';
import { describePlace } from '../doctor/doctor-words.ts';
import { nameOf } from '../library/recording-words.ts';
import { colourNumberOf } from '../policy/policy-words.ts';
import { targetName } from '../store-recents.ts';
import type { Tab } from '../store-tabs.ts';
import { describeDelivery, owedDeliveryOf } from '../terminal/delivery-words.ts';
import { formatTime } from '../ui/format.ts';
import type { IconName } from '../ui/icon.tsx';
import type { DotShape, Tone } from '../ui/status-dot.tsx';

export interface TabWords {
  readonly name: string;
  /** Beside the name, in secondary text. */
  readonly place?: string;
  /** All of it, for a hovering pointer. */
  readonly title: string;
  /** All of it and the state, for a screen reader. */
  readonly heard: string;
  /** Stands before all else in the window's title: something that the user would not see from afar. */
  readonly news?: string;
  /** Whose colour it carries. */
  readonly context?: string;
  /** 1 to 8, in place of the context's own. */
  readonly colour?: number;
  readonly sign?: { readonly shape: DotShape; readonly tone: Tone };
  readonly icon?: IconName;
}

export interface TabSources {
  readonly sessions: ReadonlyMap<string, SessionInfo>;
  readonly recordings: ReadonlyMap<string, RecordingInfo>;
  readonly nowMs: number;
}

export function describeTab({ content }: Tab, sources: TabSources): TabWords {
  if (content.kind === 'library') return plain('Library', 'library');
  if (content.kind === 'uploads') return plain('Not delivered', 'upload');
  if (content.kind === 'elsewhere') return plain('Other programs', 'door');
  if (content.kind === 'settings') return plain('Settings', 'settings');
  if (content.kind === 'doctor') return describeDoctor(content.question);
  if (content.kind === 'replay') {
    const recording = sources.recordings.get(content.recordingId);
    return recording ? describeReplay(recording, sources.nowMs) : plain('Removed recording', 'replay');
  }
  const session = sources.sessions.get(content.sessionId);
  return session ? describeSession(session, sources.nowMs) : plain('Ended session', 'terminal');
}

function describeSession(session: SessionInfo, nowMs: number): TabWords {
  const { target } = session;
  const name = targetName(target);
  const { state, ...sign } = signOf(session, nowMs);
  const title = `${name}\n${target.context}, namespace ${target.namespace}\n${state}`;
  return {
    name,
    place: target.context,
    title,
    heard: `${name}, ${target.context}, ${state}`,
    context: target.context,
    ...(session.policy?.colour ? { colour: colourNumberOf(session.policy.colour) } : {}),
    sign,
    ...newsOf(session),
  };
}

function newsOf({ state, recording }: SessionInfo): Pick<TabWords, 'news'> {
  if (state.kind === 'reconnecting') return { news: 'Reconnecting' };
  const endsSoon = state.kind === 'live' && owedDeliveryOf(recording)?.endsAtMs !== undefined;
  return endsSoon ? { news: 'Ends soon' } : {};
}

function signOf(
  { state, recording }: SessionInfo,
  nowMs: number,
): {
  readonly shape: DotShape;
  readonly tone: Tone;
  readonly state: string;
} {
  if (state.kind === 'opening') return { shape: 'half', tone: 'owed', state: 'opening' };
  if (state.kind === 'live') {
    if (recording.kind !== 'recording') return { shape: 'full', tone: 'lost', state: 'live, not recorded' };
    if (recording.pausedAtMs !== undefined) {
      return { shape: 'ring', tone: 'owed', state: 'live, recording paused' };
    }
    const delivery = recording.delivery && describeDelivery(recording.delivery, true, nowMs);
    if (!recording.trouble && delivery?.look && delivery.word !== undefined) {
      return {
        ...delivery.look,
        state: `live, ${delivery.word.charAt(0).toLowerCase()}${delivery.word.slice(1)}`,
      };
    }
    return recording.trouble
      ? { shape: 'full', tone: 'lost', state: 'live, recording held up' }
      : {
          shape: 'full',
          tone: 'live',
          state: recording.inputOn ? 'live, being recorded with what is typed' : 'live, being recorded',
        };
  }
  if (state.kind === 'reconnecting')
    return { shape: 'half', tone: 'owed', state: 'connection lost, reconnecting' };
  const { end } = state;
  if (end.kind === 'failed') return { shape: 'cross', tone: 'lost', state: 'failed' };
  if (end.kind === 'closed') return { shape: 'ring', tone: 'quiet', state: 'closed' };
  const tone = end.exitCode === 0 ? 'quiet' : 'owed';
  return { shape: 'ring', tone, state: `ended, exit code ${end.exitCode}` };
}

function describeReplay(recording: RecordingInfo, nowMs: number): TabWords {
  const name = nameOf(recording);
  const place = formatTime(recording.startedAtMs, nowMs);
  return {
    name,
    place,
    title: `Replay of ${name}\n${recording.context}, namespace ${recording.namespace}\n${place}`,
    heard: `Replay of ${name}, ${recording.context}, ${place}`,
    context: recording.context,
    sign: { shape: 'play', tone: 'quiet' },
  };
}

function describeDoctor(question: DoctorQuestion): TabWords {
  const { context } = question;
  const title = `Connection to ${describePlace(question)}`;
  const heard = `Connection, ${describePlace(question)}`;
  return { name: 'Connection', place: context, title, heard, context, icon: 'pulse' };
}

function plain(name: string, icon: IconName): TabWords {
  return { name, title: name, heard: name, icon };
}
