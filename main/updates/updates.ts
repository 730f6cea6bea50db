import type { Clock } from '../base/clock.ts';
import { AppError, toAppError } from '../base/errors.ts';
import { createEmitter, type Event } from '../base/event.ts';
import type { Lifetime } from '../base/lifetime.ts';
import type { Log } from '../base/log.ts';
import type { UpdateChannel, UpdateChoice } from './update-choice.ts';
import { nextLookMs, type UpdateSchedule } from './update-schedule.ts';

/** What brings an update; it decides nothing. All but `installAtQuit` reject with an `AppError`. */
export interface Updater {
  /** Resolves with what is newer than this version, and with undefined where nothing is. */
  check(channel: UpdateChannel, options: { readonly signal: AbortSignal }): Promise<Offer | undefined>;
  /** Downloads what was offered last, and rejects where it is not what the feed promised. */
  download(options: { onProgress(percent: number): void; readonly signal: AbortSignal }): Promise<void>;
  /** Else it is installed only by `install`. */
  readonly canInstallAtQuit: boolean;
  /** Whether what is downloaded takes this version's place when the app ends. */
  installAtQuit(isWanted: boolean): void;
  /** Ends the app, installs and starts it again. */
  install(): Promise<void>;
}

export interface Offer {
  readonly version: string;
}

export type UpdateStage =
  | { readonly kind: 'elsewhere'; readonly why: NoUpdatesReason }
  | { readonly kind: 'off'; readonly problem?: AppError }
  | { readonly kind: 'idle'; readonly checkedAtMs?: number }
  | { readonly kind: 'checking' }
  | { readonly kind: 'available'; readonly version: string }
  | { readonly kind: 'downloading'; readonly version: string; readonly percent: number }
  | { readonly kind: 'ready'; readonly version: string; readonly atQuit: boolean }
  | { readonly kind: 'installing'; readonly version: string }
  | {
      readonly kind: 'failed';
      readonly during: 'check' | 'download' | 'install';
      readonly problem: AppError;
    };

export type NoUpdatesReason = 'browser' | 'source' | 'package-manager' | 'unpacked' | 'no-feed';

export interface UpdatesSnapshot {
  readonly stage: UpdateStage;
  readonly choice: UpdateChoice;
  readonly liveShells: number;
}

export interface Updates {
  snapshot(): Promise<UpdatesSnapshot>;
  /** Looks now; what fails is the stage. */
  check(): Promise<void>;
  /** Downloads what is available; what fails is the stage. */
  download(): Promise<void>;
  /** Rejects with `update-refused` where nothing is ready, a shell is live, or the policy has switched updates off. */
  install(): Promise<void>;
  readonly onChanged: Event<UpdatesSnapshot>;
}

export interface UpdatesNeeds {
  readonly clock: Clock;
  readonly log: Log;
  /** 0 up to 1. */
  random(): number;
  readonly updater: Updater;
  /** By the files and settings as they are now; rejects where the policy cannot be followed. */
  choose(): Promise<UpdateChoice>;
  readonly onChoiceChanged: Event<void>;
  /** Of this home, in this process and in others; `look`: others are looked for now, else as they were last seen. */
  countShells(how: 'look' | 'as-seen'): Promise<number>;
  readonly onShellsChanged: Event<void>;
  readonly schedule: UpdateSchedule;
}

const OFF: UpdateChoice = { channel: 'stable', check: 'off' };

/** Looks for updates by the user's and the administrator's choice. While a shell is live none is installed. */
export function createUpdates(needs: UpdatesNeeds, life: Lifetime): Updates {
  const { clock, log, updater } = needs;
  const changed = createEmitter<UpdatesSnapshot>();
  let stage: UpdateStage = { kind: 'idle' };
  let choice: UpdateChoice = OFF;
  let liveShells = 0;
  /** What is being looked for or downloaded; ends with the choice that it follows. */
  let work: { readonly done: Promise<void>; readonly controller: AbortController } | undefined;
  /** Cuts the wait for the next look short. */
  let pause = new AbortController();

  function tell(): void {
    changed.fire({ stage, choice, liveShells });
  }

  function move(next: UpdateStage): void {
    stage = next;
    tell();
  }

  function fail(during: 'check' | 'download' | 'install', thrown: unknown): void {
    const problem = toAppError(thrown);
    log.warn({ during, code: problem.code, error: problem.message }, 'no update');
    move({ kind: 'failed', during, problem });
  }

  /** Takes over what holds now. Resolves with whether updates may be looked for. */
  async function reconsider(): Promise<boolean> {
    const before = choice;
    let problem: AppError | undefined;
    try {
      choice = await needs.choose();
    } catch (error) {
      problem = toAppError(error);
      choice = OFF;
    }
    if (choice.check === 'off') {
      work?.controller.abort();
      if (stage.kind !== 'off' || stage.problem?.message !== problem?.message) {
        move({ kind: 'off', ...(problem && { problem }) });
      }
      return false;
    }
    // What another channel brought is not wanted any more.
    const isStale = stage.kind !== 'installing' && before.channel !== choice.channel && before !== OFF;
    if (isStale) work?.controller.abort();
    if (stage.kind === 'off' || isStale) move({ kind: 'idle' });
    else if (stage.kind === 'ready' && stage.atQuit !== atQuit()) move({ ...stage, atQuit: atQuit() });
    else if (JSON.stringify(before) !== JSON.stringify(choice)) tell();
    return true;
  }

  function atQuit(): boolean {
    return updater.canInstallAtQuit && choice.check === 'automatic';
  }

  /** One at a time: who asks meanwhile waits for the same, unless that has been given up. */
  async function begin(deed: (signal: AbortSignal) => Promise<void>): Promise<void> {
    while (work) {
      const { done, controller } = work;
      await done;
      if (!controller.signal.aborted) return undefined;
    }
    const controller = new AbortController();
    const done = deed(AbortSignal.any([life.signal, controller.signal])).finally(() => {
      work = undefined;
    });
    work = { done, controller };
    return done;
  }

  async function look(signal: AbortSignal): Promise<void> {
    const before = stage;
    move({ kind: 'checking' });
    try {
      const offer = await updater.check(choice.channel, { signal });
      signal.throwIfAborted();
      if (!offer) return move({ kind: 'idle', checkedAtMs: clock.nowMs() });
      if (before.kind === 'ready' && before.version === offer.version) return move(before);
      move({ kind: 'available', version: offer.version });
    } catch (error) {
      if (!signal.aborted) fail('check', error);
      return undefined;
    }
    if (choice.check === 'automatic') await fetchOffer(signal);
    return undefined;
  }

  async function fetchOffer(signal: AbortSignal): Promise<void> {
    if (stage.kind !== 'available') return;
    const { version } = stage;
    const show = (percent: number): void => move({ kind: 'downloading', version, percent });
    show(0);
    try {
      await updater.download({
        onProgress(percent) {
          const whole = Math.floor(percent);
          if (!signal.aborted && stage.kind === 'downloading' && whole > stage.percent) show(whole);
        },
        signal,
      });
      signal.throwIfAborted();
      liveShells = await needs.countShells('look');
      move({ kind: 'ready', version, atQuit: atQuit() });
    } catch (error) {
      if (!signal.aborted) fail('download', error);
    }
  }

  async function check(): Promise<void> {
    if (stage.kind === 'installing' || !(await reconsider())) return;
    await begin(look);
  }

  async function keepUp(): Promise<void> {
    let failures: number | undefined;
    for (;;) {
      const signal = AbortSignal.any([life.signal, pause.signal]);
      await clock.sleep(nextLookMs(needs.schedule, failures, needs.random()), { signal }).catch(() => {});
      life.signal.throwIfAborted();
      pause = new AbortController();
      if (!(await reconsider()) || choice.check !== 'automatic') continue;
      await check();
      failures = stage.kind === 'failed' ? (failures ?? 0) + 1 : 0;
    }
  }

  async function followChoice(): Promise<void> {
    const { check: checkBefore, channel: channelBefore } = choice;
    if (!(await reconsider()) || choice.check !== 'automatic') return;
    if (checkBefore !== 'automatic' || channelBefore !== choice.channel) pause.abort();
  }

  async function followShells(): Promise<void> {
    if (stage.kind !== 'ready') return;
    const count = await needs.countShells('as-seen');
    if (count === liveShells) return;
    liveShells = count;
    tell();
  }

  function report(error: unknown): void {
    if (!life.signal.aborted) log.error({ error: String(error) }, 'updates are not followed');
  }

  life.own(needs.onChoiceChanged(() => void followChoice().catch(report)));
  life.own(needs.onShellsChanged(() => void followShells().catch(report)));
  life.own(async () => {
    await work?.done;
    if (stage.kind !== 'ready' || !(await reconsider())) return;
    updater.installAtQuit(atQuit() && (await needs.countShells('as-seen')) === 0);
  });
  keepUp().catch(report);

  return {
    async snapshot() {
      await reconsider();
      liveShells = await needs.countShells('look');
      return { stage, choice, liveShells };
    },
    check,
    async download() {
      if (!(await reconsider())) return;
      await begin(fetchOffer);
    },
    async install() {
      if (!(await reconsider()))
        throw new AppError('update-refused', 'updates are switched off by the policy');
      if (stage.kind !== 'ready') throw new AppError('update-refused', 'there is no update to be installed');
      const { version } = stage;
      liveShells = await needs.countShells('look');
      if (liveShells > 0) throw createShellsLive(liveShells);
      move({ kind: 'installing', version });
      try {
        await updater.install();
      } catch (error) {
        fail('install', error);
        throw error;
      }
    },
    onChanged: changed.event,
  };
}

function createShellsLive(count: number): AppError {
  return new AppError('update-refused', `${count === 1 ? '1 shell is' : `${count} shells are`} live`, {
    hint: 'End them first: no update is installed while a shell is open, in the app or in a terminal.',
  });
}

/** Where this installation does not update itself. */
export function createNoUpdates(why: NoUpdatesReason, choose: () => Promise<UpdateChoice>): Updates {
  const stage: UpdateStage = { kind: 'elsewhere', why };
  return {
    snapshot: async () => ({ stage, choice: await choose().catch(() => OFF), liveShells: 0 }),
    check: async () => {},
    download: async () => {},
    async install() {
      throw new AppError('update-refused', 'this installation does not update itself');
    },
    onChanged: createEmitter<UpdatesSnapshot>().event,
  };
}
