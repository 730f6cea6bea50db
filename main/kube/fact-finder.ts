import type { Clock } from '../base/clock.ts';
import { fetchIdentity } from './access.ts';
import type { Contexts } from './contexts.ts';
import { type ContainerFacts, describeContainer } from './pod-info.ts';
import { getPod } from './pods.ts';
import type { KubeTransport } from './transport.ts';

/** Where something runs, as far as it is known. */
export interface KnownPlace {
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Present: the pod has been asked already. */
  readonly podUid?: string;
}

export interface ClusterFacts {
  /** The address without a login. */
  readonly cluster?: { readonly name: string; readonly server: string };
  /** Whom the server takes us for. */
  readonly user?: string;
}

/** Finds out what records say of a cluster and a pod, beside the work that is recorded. */
export interface FactFinder {
  /** Without asking anybody. */
  known(context: string): Promise<ClusterFacts>;
  /** Asks for what is not known. Opens no login, never rejects: what cannot be had is absent. */
  find(place: KnownPlace): Promise<ClusterFacts & Partial<ContainerFacts>>;
}

export interface FactFinderNeeds {
  readonly clock: Clock;
  readonly contexts: Pick<Contexts, 'entry' | 'transport'>;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

/** A plugin may have logged in as somebody else meanwhile. */
const USER_LIFE_MS = 5 * 60_000;
/** After that long it would hardly be told before the session has ended. */
const ASK_LIMIT_MS = 30_000;

interface Asked {
  readonly atMs: number;
  readonly name: Promise<string>;
  known?: string;
}

export function createFactFinder(needs: FactFinderNeeds): FactFinder {
  const { clock, contexts } = needs;
  const users = new WeakMap<KubeTransport, Asked>();

  function recall(transport: KubeTransport): Asked | undefined {
    const asked = users.get(transport);
    return asked && clock.nowMs() - asked.atMs < USER_LIFE_MS ? asked : undefined;
  }

  function askUser(transport: KubeTransport): Promise<string> {
    const recalled = recall(transport);
    if (recalled) return recalled.name;
    const name = fetchUser(transport, limit());
    const asked: Asked = { atMs: clock.nowMs(), name };
    users.set(transport, asked);
    name.then(
      (known) => {
        asked.known = known;
      },
      // The next one asks again.
      () => users.delete(transport),
    );
    return name;
  }

  function limit(): AbortSignal {
    return AbortSignal.any([needs.signal, AbortSignal.timeout(ASK_LIMIT_MS)]);
  }

  function describeCluster(context: string): ClusterFacts {
    const { clusterName: name, server } = contexts.entry(context);
    return server === '' ? {} : { cluster: { name, server } };
  }

  return {
    async known(context) {
      try {
        const user = recall(await contexts.transport(context))?.known;
        return { ...describeCluster(context), ...(user !== undefined && { user }) };
      } catch {
        return {};
      }
    },
    async find({ context, ...place }) {
      try {
        const transport = await contexts.transport(context);
        const [user, container] = await Promise.allSettled([
          askUser(transport),
          place.podUid === undefined ? askPod({ transport, clock }, place, limit()) : {},
        ]);
        return {
          ...(user.status === 'fulfilled' && user.value !== '' && { user: user.value }),
          ...(container.status === 'fulfilled' && container.value),
        };
      } catch {
        return {};
      }
    },
  };
}

async function fetchUser(transport: KubeTransport, signal: AbortSignal): Promise<string> {
  return (await fetchIdentity({ transport }, { isUnattended: true, signal })).username;
}

async function askPod(
  needs: { readonly transport: KubeTransport; readonly clock: Clock },
  { namespace, pod, container }: Omit<KnownPlace, 'context'>,
  signal: AbortSignal,
): Promise<ContainerFacts> {
  const details = await getPod(needs, { namespace, pod }, { isUnattended: true, signal });
  return describeContainer(details, container);
}
