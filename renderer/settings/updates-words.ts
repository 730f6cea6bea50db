/** Updates in words. Pure. */
import type { PolicyState } from '../../preload/contract.ts';
import type {
  NoUpdatesReason,
  UpdateChoice,
  UpdateDecider,
  UpdateStage,
  UpdatesInfo,
} from '../../preload/contract-updates.ts';
import { formatTime } from '../ui/format.ts';
import type { Tone } from '../ui/status-dot.tsx';

export const CHANNEL_NAMES: Readonly<Record<UpdateChoice['channel'], string>> = {
  stable: 'Finished versions',
  beta: 'Versions to be tried, too',
};

const ELSEWHERE: Readonly<Record<NoUpdatesReason, string>> = {
  browser: 'This page is served to a browser: Kubereel is updated where it was installed.',
  source: 'Kubereel was started from its source: nothing is updated.',
  'package-manager': 'Kubereel is a package of this system: updates come with the system’s.',
  unpacked: 'Kubereel was unpacked from an archive: unpack a newer one in its place.',
  'no-feed': 'This build has no place to get updates from.',
};

export interface StageWords {
  readonly line: string;
  readonly tone: Tone;
  readonly shape: 'ring' | 'half' | 'full';
}

/** Undefined for a failure, which is shown as one. */
export function describeStage(
  { stage, choice, liveShells }: UpdatesInfo,
  nowMs: number,
): StageWords | undefined {
  const quiet = { tone: 'quiet', shape: 'ring' } as const;
  switch (stage.kind) {
    case 'elsewhere':
      return { ...quiet, line: ELSEWHERE[stage.why] };
    case 'off':
      return stage.problem ? undefined : { ...quiet, line: 'Switched off: nothing is looked for.' };
    case 'idle':
      if (stage.checkedAtMs !== undefined) {
        return {
          tone: 'live',
          shape: 'full',
          line: `The newest, as of ${formatTime(stage.checkedAtMs, nowMs)}.`,
        };
      }
      return {
        ...quiet,
        line: choice.check === 'automatic' ? 'Not looked for yet.' : 'Looked for when you say so.',
      };
    case 'checking':
      return { ...quiet, line: 'Looking for a newer version…' };
    case 'available':
      return { tone: 'owed', shape: 'ring', line: `Kubereel ${stage.version} is there.` };
    case 'downloading':
      return {
        tone: 'owed',
        shape: 'half',
        line: `Downloading Kubereel ${stage.version}: ${stage.percent} %`,
      };
    case 'ready':
      return { tone: 'owed', shape: 'full', line: describeReady(stage, liveShells) };
    case 'installing':
      return { tone: 'owed', shape: 'full', line: `Kubereel ends, to be started again as ${stage.version}.` };
    case 'failed':
      return undefined;
  }
}

export function describeReady(
  { version, atQuit }: Extract<UpdateStage, { kind: 'ready' }>,
  liveShells: number,
): string {
  const shells =
    liveShells === 1 ? '1 shell is live: end it first.' : `${liveShells} shells are live: end them first.`;
  return [
    `Kubereel ${version} is downloaded.`,
    ...(liveShells > 0 ? [shells] : []),
    ...(atQuit ? ['It is installed when Kubereel ends, unless a shell is live elsewhere then.'] : []),
  ].join(' ');
}

export const FAILURE_TITLES: Readonly<Record<Extract<UpdateStage, { kind: 'failed' }>['during'], string>> = {
  check: 'Updates could not be looked for',
  download: 'The update was not taken',
  install: 'The update was not installed',
};

/** Who has decided, in place of the user. */
export function describeDecider({ file, isLocked }: UpdateDecider): string {
  return `Set by ${isLocked ? 'the administrator' : 'your policy'}, in ${file}.`;
}

type Ruling = NonNullable<PolicyState['files'][number]['updates']>;

/** What a file of the policy says. */
export function describeRuling({ channel, check }: Ruling): string {
  const checks = {
    automatic: 'looked for, downloaded and installed by themselves',
    'by-hand': 'looked for when somebody says so',
    off: 'switched off',
  };
  const channels = { stable: 'finished versions only', beta: 'versions to be tried, too' };
  const words = [check && checks[check], channel && channels[channel]].filter((one) => one !== undefined);
  return words.length === 0 ? 'nothing is said of them' : words.join('; ');
}
