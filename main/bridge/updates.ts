import type { UpdatesInfo } from '../../preload/contract-updates.ts';
import type { UpdatesSnapshot } from '../updates/updates.ts';
import { toProblem } from './problem.ts';
import type { CallsOf, Rooms } from './rooms.ts';

type Needs = Pick<Rooms, 'updates' | 'info'>;

export function answerUpdates(
  needs: Needs,
): CallsOf<'updates.state' | 'updates.check' | 'updates.download' | 'updates.install'> {
  const { updates } = needs;
  const tell = async (): Promise<UpdatesInfo> => toUpdatesInfo(needs, await updates.snapshot());
  return {
    'updates.state': tell,
    'updates.check': async () => {
      await updates.check();
      return tell();
    },
    'updates.download': async () => {
      await updates.download();
      return tell();
    },
    'updates.install': async () => {
      await updates.install();
      return {};
    },
  };
}

export function toUpdatesInfo(
  { info }: Pick<Needs, 'info'>,
  { stage, choice, liveShells }: UpdatesSnapshot,
): UpdatesInfo {
  return { version: info.version, stage: toStageInfo(stage), choice, liveShells };
}

function toStageInfo(stage: UpdatesSnapshot['stage']): UpdatesInfo['stage'] {
  if (stage.kind === 'failed') return { ...stage, problem: toProblem(stage.problem) };
  if (stage.kind === 'off')
    return { kind: 'off', ...(stage.problem && { problem: toProblem(stage.problem) }) };
  return stage;
}
