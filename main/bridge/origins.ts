import type { OriginsInfo } from '../../preload/contract-elsewhere.ts';
import type { Dispose } from '../base/event.ts';
import type { CallsOf, PageDoor } from './rooms.ts';

export function answerOrigins({
  pageDoor,
}: {
  readonly pageDoor: PageDoor;
}): CallsOf<'origins.state' | 'origins.allow' | 'origins.remove'> {
  const { origins, agent } = pageDoor;
  return {
    'origins.state': () => describe(pageDoor),
    async 'origins.allow'({ address }) {
      const allowed = await origins.allow(address);
      agent?.forgetRefused(allowed.origin);
      return allowed;
    },
    async 'origins.remove'({ origin }) {
      await origins.remove(origin);
      return {};
    },
  };
}

/** Tells of each change, whoever made it. */
export function followOrigins(pageDoor: PageDoor, tell: (info: OriginsInfo) => void): Dispose {
  const { origins, agent } = pageDoor;
  // Reading the list never rejects.
  const change = (): void => void describe(pageDoor).then(tell);
  const stops = [origins.onChanged(change), ...(agent ? [agent.onRefused(change)] : [])];
  return () => {
    for (const stop of stops) stop();
  };
}

async function describe({ origins, agent }: PageDoor): Promise<OriginsInfo> {
  const allowed = (await origins.list()).map(({ origin, allowedAtMs }) => ({ origin, allowedAtMs }));
  return { allowed, ...(agent && { refused: agent.refused() }) };
}
