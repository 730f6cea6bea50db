import type { AppError } from '../../base/errors.ts';
import type { ForwardRequest } from '../../kube/forward.ts';
import type { TunnelRefusal } from '../../kube/tunnel.ts';
import { toLabel } from '../../recording/label.ts';
import { createTappedRegister, type TappedSessions } from '../../session/elsewhere.ts';
import { findHeaders, type ProxiedCommand } from './exec-request.ts';
import { createProxiedExec, type OpenedExec, type ProxiedExecNeeds } from './proxied-exec.ts';

/** Commands in pods that other programs open through us, each by its policy and on record. */
export interface ExecDesk extends TappedSessions {
  /** Rejects as `ProxiedExec.open`; with `too-many` at the limit. */
  open(
    context: string,
    command: ProxiedCommand,
    request: ForwardRequest,
  ): Promise<OpenedExec | TunnelRefusal>;
  /** As of a register. */
  endAll(failure?: AppError): Promise<void>;
}

export interface ExecDeskNeeds extends Omit<ProxiedExecNeeds, 'onChanged'> {
  newSessionId(): string;
  readonly mostSessions?: number;
}

export function createExecDesk(needs: ExecDeskNeeds): ExecDesk {
  const { mostSessions: most } = needs;
  const register = createTappedRegister(most === undefined ? {} : { most });
  return {
    ...register,
    async open(context, command, request) {
      const [agent = ''] = findHeaders(request.headers, 'user-agent');
      const exec = createProxiedExec(
        { ...needs, onChanged: register.changed },
        {
          sessionId: needs.newSessionId(),
          context,
          command,
          client: toLabel(agent) || 'a program without a name',
        },
      );
      register.add(exec);
      return exec.open(request);
    },
  };
}
