import type { Core } from '../compose.ts';
import type { CommandIo } from './io.ts';
import { formatTable } from './table.ts';

/** Lists the kubeconfig's contexts, the current one marked; contacts none. Exit code 1 where a file is broken. */
export async function runContexts(
  core: Core,
  options: { readonly json: boolean },
  io: CommandIo,
): Promise<number> {
  const { contexts, currentContext, sources, warning } = core.contexts.current();
  for (const { state, error } of sources) {
    if (state === 'failed' && error) await io.writeError(`error: ${error.message}\n`);
  }
  if (warning !== undefined) await io.writeError(`warning: ${warning}\n`);
  const rows = contexts.map(({ name, clusterName, userName, namespace, server, originPath }) => ({
    name,
    isCurrent: name === currentContext,
    cluster: clusterName,
    user: userName,
    namespace,
    server,
    kubeconfigPath: originPath,
  }));
  if (options.json) {
    await io.write(`${JSON.stringify(rows, null, 2)}\n`);
  } else if (rows.length === 0) {
    const places = sources.map((source) => source.path).join(', ');
    await io.writeError(`No contexts. Looked in: ${places}. \`kubereel demo\` starts a cluster to try.\n`);
  } else {
    const cells = rows.map((row) => [
      row.isCurrent ? '*' : '',
      row.name,
      row.cluster,
      row.user,
      row.namespace,
    ]);
    await io.write(formatTable(['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE'], cells));
  }
  return sources.some((source) => source.state === 'failed') ? 1 : 0;
}
