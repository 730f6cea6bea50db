import type { Lifetime } from './base/lifetime.ts';
import type { Core } from './compose.ts';
import type { Library } from './library/library.ts';
import type { Sessions } from './session/sessions.ts';
import type { SettingsStore } from './settings/settings.ts';
import { chooseUpdates, type UpdateChoice } from './updates/update-choice.ts';
import { UPDATE_SCHEDULE, type UpdateSchedule } from './updates/update-schedule.ts';
import {
  createNoUpdates,
  createUpdates,
  type NoUpdatesReason,
  type Updater,
  type Updates,
} from './updates/updates.ts';

/** What this host has for updates: something that brings them, or why it has nothing. */
export type UpdateWay =
  | { readonly updater: Updater; readonly schedule?: UpdateSchedule }
  | { readonly why: NoUpdatesReason };

/** Updates by what the user and the policy say, and never while a shell is live. */
export function openUpdates(
  { clock, log, policy, life }: Pick<Core, 'clock' | 'log' | 'policy' | 'life'>,
  rooms: {
    readonly settings: SettingsStore;
    readonly library: Library;
    readonly sessions: Pick<Sessions, 'list' | 'onChanged'>;
  },
  way: UpdateWay,
): Updates {
  const { settings, library, sessions } = rooms;

  async function choose(): Promise<UpdateChoice> {
    const now = await policy.read();
    now.demandValid('Kubereel is not updated');
    return chooseUpdates(settings.current().settings, now.files);
  }

  if ('why' in way) return createNoUpdates(way.why, choose);
  const liveRecordings = followLiveRecordings(library, life);
  return createUpdates(
    {
      clock,
      log,
      random: Math.random,
      updater: way.updater,
      choose,
      onChoiceChanged(listener) {
        const ends = [policy.onChanged(() => listener()), settings.onChanged(() => listener())];
        return () => {
          for (const end of ends) end();
        };
      },
      async countShells(how) {
        const own = sessions.list();
        const ids = new Set(
          own.flatMap(({ recording }) => ('recordingId' in recording ? [recording.recordingId] : [])),
        );
        const others = [...(await liveRecordings(how))].filter((recordingId) => !ids.has(recordingId));
        return own.filter(({ state }) => state.kind !== 'ended').length + others.length;
      },
      onShellsChanged(listener) {
        const ends = [sessions.onChanged(() => listener()), library.onChanged(() => listener())];
        return () => {
          for (const end of ends) end();
        };
      },
      schedule: way.schedule ?? UPDATE_SCHEDULE,
    },
    life,
  );
}

/**
 * Ids of what is being recorded in this home, in whatever process: what is not recorded is not known. `as-seen` can be
 * asked until the library has ended, also while it ends.
 */
function followLiveRecordings(
  library: Pick<Library, 'recall' | 'onChanged'>,
  life: Lifetime,
): (how: 'look' | 'as-seen') => Promise<ReadonlySet<string>> {
  let seen: Set<string> | undefined;
  async function look(): Promise<Set<string>> {
    const live = (await library.recall()).filter(({ state }) => state === 'live');
    return new Set(live.map(({ recordingId }) => recordingId));
  }
  life.own(
    library.onChanged((change) => {
      if (change.kind === 'removed') seen?.delete(change.recordingId);
      else if (change.recording.state === 'live') seen?.add(change.recording.recordingId);
      else seen?.delete(change.recording.recordingId);
    }),
  );
  return async (how) => {
    if (how === 'look' || !seen) seen = await look();
    return seen;
  };
}
