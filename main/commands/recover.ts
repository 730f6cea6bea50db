import type { Core } from '../compose.ts';
import type { LibraryRecovery } from '../library/library.ts';
import type { CommandIo } from './io.ts';

/** Mends what dead writers left on this machine, and tells each. Exit code 1 where one is damaged. */
export async function runRecover(
  core: Core,
  options: { readonly json: boolean },
  io: CommandIo,
): Promise<number> {
  const library = await core.library();
  const recoveries: LibraryRecovery[] = [];
  library.onRecovered((recovery) => recoveries.push(recovery));
  await library.list();
  if (options.json) await io.write(`${JSON.stringify(recoveries, null, 2)}\n`);
  else if (recoveries.length === 0) await io.writeError('Nothing to recover.\n');
  else for (const one of recoveries) await io.write(`${one.recordingId}  ${describe(one)}\n`);
  return recoveries.some(({ recovery }) => recovery.kind === 'damaged') ? 1 : 0;
}

function describe({ recovery }: LibraryRecovery): string {
  if (recovery.kind === 'damaged') return `damaged: ${recovery.damagedLines} lines within it cannot be read`;
  const { cutBytes, isUnread } = recovery;
  const unread = isUnread ? '; it is encrypted and the key is not here: what it holds was not looked at' : '';
  if (cutBytes === 0) return `recovered: it was whole${unread}`;
  return `recovered: the last ${cutBytes} bytes were torn, and are kept beside it${unread}`;
}
