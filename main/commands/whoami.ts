import type { Core } from '../compose.ts';
import { escapeControls } from '../credentials/visible-text.ts';
import { fetchIdentity } from '../kube/access.ts';
import type { CommandIo } from './io.ts';
import { formatTable } from './table.ts';

/** `kubectl auth whoami`: whom the server takes us for, impersonation included. */
export async function runWhoami(
  core: Core,
  { context, json }: { readonly context: string; readonly json: boolean },
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const identity = await fetchIdentity({ transport: await core.contexts.transport(context) }, { signal });
  if (json) {
    await io.write(`${JSON.stringify(identity, null, 2)}\n`);
    return 0;
  }
  const { username, uid, groups, extra } = identity;
  const rows = [
    ['Username', username],
    ...(uid === '' ? [] : [['UID', uid]]),
    ...(groups.length === 0 ? [] : [['Groups', formatList(groups)]]),
    ...Object.entries(extra)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, values]) => [`Extra: ${key}`, formatList(values)]),
  ];
  // A server's words: no terminal is to obey them.
  await io.write(escapeControls(formatTable(['ATTRIBUTE', 'VALUE'], rows)));
  return 0;
}

/** As Go prints a list of strings. */
function formatList(values: readonly string[]): string {
  return `[${values.join(' ')}]`;
}
