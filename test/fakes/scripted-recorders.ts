import { AppError } from '../../main/base/errors.ts';
import { createEmitter } from '../../main/base/event.ts';
import type { RecorderAddress } from '../../main/policy/policy.ts';
import { planRecording } from '../../main/recording/planned-recording.ts';
import type { ConnectRecorders, DeliveryAttempt, DeliveryState } from '../../main/session/delivery-duty.ts';

export const VAULT: RecorderAddress = { kind: 'tsrecorder', url: '192.0.2.1:80', name: 'vault' };
export const SPARE: RecorderAddress = { kind: 'tsrecorder', url: '192.0.2.2:80' };

/** Where a test has no recorder in its policy. */
export const noRecorders: ConnectRecorders = () => Promise.reject(new Error('no recorder is named here'));

export function lostAt(
  recorder: RecorderAddress,
  words = 'the recorder cut the connection',
): DeliveryAttempt {
  return { recorder, error: new AppError('recorder-lost', words, { hint: 'Look whether it runs.' }) };
}

/** Recorders that answer what a test tells them to, without a network. */
export interface ScriptedRecorders {
  readonly connect: ConnectRecorders;
  /** By default it is live at the first one. */
  answer: { readonly attempts: readonly DeliveryAttempt[]; readonly state: DeliveryState };
  /** What of it happened, in order. */
  readonly deeds: readonly string[];
  /** The delivery is in another state. */
  become(state: DeliveryState): void;
  /** Until it is resolved a recording that has ended is not delivered. */
  readonly confirmed: PromiseWithResolvers<void>;
}

export function createScriptedRecorders(folder: string, nowMs = 0): ScriptedRecorders {
  const changed = createEmitter<void>();
  const deeds: string[] = [];
  const confirmed = Promise.withResolvers<void>();
  const scripted: ScriptedRecorders & { answer: ScriptedRecorders['answer'] } = {
    answer: { attempts: [], state: { kind: 'live', recorder: VAULT } },
    async connect(recorders, _subject, { signal }) {
      signal.throwIfAborted();
      deeds.push(`connect ${recorders.map(({ name, url }) => name ?? url).join()}`);
      const { attempts, state } = scripted.answer;
      return {
        planned: planRecording(folder, { nowMs, encryptTo: [] }),
        attempts,
        isConnected: state.kind !== 'owed',
        begin() {
          deeds.push('begin');
          return {
            get state() {
              return scripted.answer.state;
            },
            onChanged: (listener) => changed.event(listener),
            async ended() {
              deeds.push('ended');
              await confirmed.promise;
            },
          };
        },
        async cancel() {
          deeds.push('cancel');
        },
      };
    },
    deeds,
    become(state) {
      scripted.answer = { ...scripted.answer, state };
      changed.fire();
    },
    confirmed,
  };
  return scripted;
}
