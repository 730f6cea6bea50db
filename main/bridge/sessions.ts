import type { SessionInfo } from '../../preload/contract.ts';
import type { DeliveryState } from '../../preload/contract-delivery.ts';
import type { WatchedDelivery } from '../session/delivery-watch.ts';
import type { SessionSnapshot } from '../session/session-state.ts';
import { toAnswerInfo, toRecorder } from './policy.ts';
import { toProblem } from './problem.ts';
import type { CallsOf, Rooms } from './rooms.ts';

export function answerSessions({
  sessions,
}: Rooms): CallsOf<
  | 'sessions.open'
  | 'sessions.list'
  | 'sessions.resize'
  | 'sessions.reconnect'
  | 'sessions.mark'
  | 'sessions.recordInput'
  | 'sessions.pauseRecording'
  | 'sessions.close'
  | 'sessions.forget'
> {
  return {
    'sessions.open': async ({ target, size, confirmation }) => {
      const consent = confirmation === undefined ? {} : { confirmation };
      return toSessionInfo(sessions.open(target, size, consent).snapshot());
    },
    'sessions.list': async () => sessions.list().map(toSessionInfo),
    'sessions.resize': async ({ sessionId, size }) => {
      sessions.get(sessionId).resize(size);
      return {};
    },
    'sessions.reconnect': async ({ sessionId }) => {
      sessions.get(sessionId).reconnect();
      return {};
    },
    'sessions.mark': async ({ sessionId, label }) => {
      await sessions.get(sessionId).decide({ kind: 'mark', label });
      return {};
    },
    'sessions.recordInput': async ({ sessionId, on }) => {
      await sessions.get(sessionId).decide({ kind: 'input', on });
      return {};
    },
    'sessions.pauseRecording': async ({ sessionId, on }) => {
      await sessions.get(sessionId).decide({ kind: 'pause', on });
      return {};
    },
    'sessions.close': async ({ sessionId }) => {
      await sessions.get(sessionId).close();
      return {};
    },
    'sessions.forget': async ({ sessionId }) => {
      await sessions.forget(sessionId);
      return {};
    },
  };
}

export function toSessionInfo({ answer, ...snapshot }: SessionSnapshot): SessionInfo {
  return {
    ...snapshot,
    ...(answer && { policy: toAnswerInfo(answer) }),
    state: toSessionState(snapshot.state),
    recording: toRecordingState(snapshot.recording),
  };
}

function toSessionState(state: SessionSnapshot['state']): SessionInfo['state'] {
  if (state.kind === 'reconnecting') return { ...state, problem: toProblem(state.problem) };
  if (state.kind !== 'ended') return state;
  const { end } = state;
  return { ...state, end: end.kind === 'failed' ? { kind: 'failed', problem: toProblem(end.error) } : end };
}

export function toRecordingState(recording: SessionSnapshot['recording']): SessionInfo['recording'] {
  if (recording.kind === 'none' || recording.kind === 'off') return recording;
  const { delivery, ...rest } = recording;
  const delivered = delivery && { delivery: toDelivery(delivery) };
  switch (rest.kind) {
    case 'failed': {
      const { error, ...known } = rest;
      return { ...known, problem: toProblem(error), ...delivered };
    }
    case 'recording': {
      const { trouble, ...known } = rest;
      return { ...known, ...(trouble && { trouble: toProblem(trouble) }), ...delivered };
    }
    case 'stored':
      return { ...rest, ...delivered };
  }
}

function toDelivery(delivery: WatchedDelivery): DeliveryState {
  if (delivery.kind !== 'owed') return { ...delivery, recorder: toRecorder(delivery.recorder) };
  const attempts = delivery.attempts.map(({ recorder, error }) => ({
    recorder: toRecorder(recorder),
    problem: toProblem(error),
  }));
  return { ...delivery, attempts };
}
