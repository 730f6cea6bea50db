import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { ResolvedContext } from '../kube/kubeconfig.ts';
import { formatAddress, formatProxy } from '../kube/proxy.ts';
import { chooseProxy, type ProxyChoice } from '../kube/proxy-choice.ts';
import { type DialNeeds, openRoute, targetOf } from '../kube/route.ts';
import { detailOf, ok, type Result, withFacts } from './check.ts';

interface AddressNeeds {
  readonly clock: Pick<Clock, 'nowMicros'>;
  readonly dial: DialNeeds;
}

/** Looks the name up and connects, by the way that every request takes: directly or through a proxy. */
export async function checkAddress(
  { clock, dial }: AddressNeeds,
  context: ResolvedContext,
  { signal }: { signal: AbortSignal },
): Promise<Result<true>> {
  const { cluster } = context;
  const environment = await dial.environment();
  const choice = chooseProxy(cluster, environment);
  const target = targetOf(context);
  const host = choice?.proxy.host ?? target.host;
  const facts = [
    `server ${cluster.server}`,
    describeLookup(host, choice, await lookUp(host, signal)),
    choice
      ? `proxy ${formatProxy(choice.proxy)}, named by ${describeSource(choice)}`
      : `no proxy: ${whyDirect(context, environment)}`,
  ];
  const startMicros = clock.nowMicros();
  const { socket, proxy } = await openRoute(dial, context, { signal }).catch((error: unknown) => {
    throw withFacts(error, facts);
  });
  const tookMs = Math.max(1, Math.round((clock.nowMicros() - startMicros) / 1_000));
  const way = proxy ? `through ${proxy.address}` : 'directly';
  socket.destroy();
  return {
    finding: ok(`${formatAddress(target.host, target.port)} answers ${way}`, {
      ...detailOf(...facts, `connected in ${tookMs} ms`),
    }),
    found: true,
  };
}

function describeSource({ source }: ProxyChoice): string {
  return source === 'proxy-url' ? 'proxy-url of the cluster' : `${source} in the environment`;
}

/** What is direct only because somebody said so is told, since elsewhere it may not be. */
function whyDirect({ cluster }: ResolvedContext, environment: NodeJS.ProcessEnv): string {
  const { NO_PROXY: _upper, no_proxy: _lower, ...others } = environment;
  if (chooseProxy(cluster, others)) return 'NO_PROXY names this address';
  return 'neither the cluster nor the environment names one for it';
}

function describeLookup(host: string, choice: ProxyChoice | undefined, addresses: readonly string[]): string {
  const what = choice ? 'proxy' : 'host';
  return addresses.length === 0
    ? `${what} ${host}: the name is not known`
    : `${what} ${host} is ${addresses.join(', ')}`;
}

/** For the report alone: empty where the name is not known, which connecting tells in its own words. */
async function lookUp(host: string, signal: AbortSignal): Promise<readonly string[]> {
  if (isIP(host)) return [host];
  // A lookup of the system cannot be cancelled, only left behind.
  const left = Promise.withResolvers<never>();
  const leave = (): void => left.reject(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  try {
    const found = await Promise.race([lookup(host, { all: true }), left.promise]);
    return found.map(({ address }) => address);
  } catch {
    signal.throwIfAborted();
    return [];
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
