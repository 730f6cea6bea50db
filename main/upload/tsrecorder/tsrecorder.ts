import type { RecorderAddress } from '../../policy/policy.ts';
import type { DeliverySubject, RecorderClient } from '../recorder/recorder-client.ts';
import {
  destroyQuietly,
  dialRecorder,
  type RecorderNeeds,
  type RecorderSocket,
} from '../recorder/recorder-dial.ts';
import { type RecorderEndpoint, readEndpoint } from '../recorder/recorder-endpoint.ts';
import { openV1 } from './tsrecorder-v1.ts';
import { connectV2, type V2Connection } from './tsrecorder-v2.ts';

type Way =
  | { readonly kind: 'v2'; readonly connection: V2Connection }
  | { readonly kind: 'v1'; readonly endpoint: RecorderEndpoint; readonly connection: RecorderSocket };

/** A recorder of Tailscale's protocol: version 2 where it knows that, else version 1. */
export function createTsrecorderClient(needs: RecorderNeeds, recorder: RecorderAddress): RecorderClient {
  /** Over TLS one connection tells; without it, a recorder of version 1 alone is dialled twice. */
  async function findWay({ signal }: { readonly signal: AbortSignal }): Promise<Way> {
    const endpoint = await readEndpoint(recorder);
    const first = await dialRecorder(needs, recorder, endpoint, { signal, protocols: ['h2', 'http/1.1'] });
    if (endpoint.isSecure && first.protocol !== 'h2') {
      return { kind: 'v1', endpoint, connection: first };
    }
    const connection = await connectV2(needs, recorder, endpoint, first, { signal });
    if (connection) return { kind: 'v2', connection };
    const second = await dialRecorder(needs, recorder, endpoint, { signal, protocols: ['http/1.1'] });
    return { kind: 'v1', endpoint, connection: second };
  }

  return {
    recorder,
    isLive: true,
    takesLater: true,
    async check(options) {
      const way = await findWay(options);
      if (way.kind === 'v2') way.connection.close();
      // Version 1 has no question: a POST would begin a recording.
      else destroyQuietly(way.connection.socket);
    },
    async open(subject: DeliverySubject, options) {
      const way = await findWay(options);
      if (way.kind === 'v2') return way.connection.open(subject, options);
      return openV1(needs, recorder, way.endpoint, way.connection, options);
    },
  };
}
