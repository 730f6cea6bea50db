import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import { describeSource } from './compose-delivery.ts';
import type { PolicyDesk } from './compose-policy.ts';
import type { AnnounceRequest } from './kube/announced-transport.ts';
import type { RequestInfo } from './kube/request-info.ts';
import type { PolicyTarget } from './policy/policy.ts';
import { createRequestAnnouncer, type UntoldRequests } from './upload/request-announcer.ts';
import { VERSION } from './version.ts';

/** What recorders are told of requests to API servers, as the policy has it for each of them. */
export interface Announcements {
  /** For the requests of one transport. Throws `context-unknown`. */
  announcerFor(context: string): AnnounceRequest;
  untold(): readonly UntoldRequests[];
}

/** The policy is read from files and contacts no cluster, so that no request waits for another one. */
export function createAnnouncements(needs: {
  readonly clock: Clock;
  readonly log: Log;
  readonly policy: Pick<PolicyDesk, 'describe' | 'read'>;
}): Announcements {
  const { clock, log, policy } = needs;
  const announcer = createRequestAnnouncer({ clock, log, userAgent: USER_AGENT, describeSource });
  return {
    announcerFor(context) {
      // A transport outlives its context: who removes that from the kubeconfig changes nothing for what is open.
      const everywhere = policy.describe({ context, namespace: '', pod: '' });
      return async ({ body, ...request }, options) => {
        const current = await policy.read();
        const answer = current.answer(toTarget(everywhere, request.info), 'nothing is asked of a cluster');
        if (answer.apiRequests === 'untold') return;
        const bytes = typeof body === 'string' ? Buffer.from(body) : await body();
        await announcer.announce({ ...request, context, body: bytes }, answer, options);
      };
    },
    untold: announcer.untold,
  };
}

const USER_AGENT = `kubereel/${VERSION}`;

/** Which container it is about is left open: rules that name one are taken to apply. */
function toTarget(
  everywhere: PolicyTarget,
  { namespace = '', resource, name = '' }: RequestInfo,
): PolicyTarget {
  return { ...everywhere, namespace, pod: resource === 'pods' ? name : '' };
}
