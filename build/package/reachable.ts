/** How long a host may take to answer; electron-builder's own attempts take 44 s for each package. */
const TIMEOUT_MS = 6_000;

/** Why nothing can be fetched from there; undefined where something can. Behind a proxy only fetching can tell. */
export async function findHostTrouble(
  address: string,
  environment: NodeJS.ProcessEnv,
  timeoutMs: number = TIMEOUT_MS,
): Promise<string | undefined> {
  if (environment['HTTPS_PROXY'] || environment['https_proxy']) return undefined;
  try {
    await fetch(address, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    return undefined;
  } catch (error) {
    const { host } = new URL(address);
    if (error instanceof Error && error.name === 'TimeoutError') {
      return `${host} does not answer within ${timeoutMs / 1_000} s`;
    }
    const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
    return `${host}: ${cause?.code ?? String(error)}`;
  }
}
