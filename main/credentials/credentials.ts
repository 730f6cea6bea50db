import type { Clock } from '../base/clock.ts';
import { createTurns } from '../base/turns.ts';
import type { CredentialProvider, PluginClusterInfo, UserAuth } from './credential.ts';
import type { PluginLimits } from './exec-plugin.ts';
import type { LoginEnvironment } from './login-environment.ts';
import {
  createPluginAdmission,
  type PluginAdmission,
  type PluginOrigin,
  type UserPlace,
} from './plugin-admission.ts';
import { createPluginApprovals, type PluginApprovals } from './plugin-approvals.ts';
import { createPluginCache } from './plugin-cache.ts';
import { createCredentialProvider } from './provider.ts';
import { createUserRequests, type PluginSubject, type UserRequests } from './user-requests.ts';

/** Who we are to clusters: one of it in a process, so that contexts share what they may share. */
export interface Credentials {
  /** What pages are asked. */
  readonly requests: UserRequests;
  readonly approvals: PluginApprovals;
  readonly admission: PluginAdmission;
  provider(user: UserAuth, cluster: PluginClusterInfo, origin: PluginOrigin): CredentialProvider;
  /** From now on the user is at pages, and away while there is none, whatever terminal there was. */
  usePages(): void;
}

export interface CredentialsNeeds {
  readonly clock: Clock;
  readonly platform: NodeJS.Platform;
  /** Where the user's leave is kept. */
  readonly approvalsFile: string;
  readonly loginEnvironment: LoginEnvironment;
  /** Asks at the terminal of a command, where there is one. */
  readonly confirm?: ((subject: PluginSubject) => Promise<boolean>) | undefined;
  readonly pluginLimits?: PluginLimits | undefined;
}

export function createCredentials(needs: CredentialsNeeds): Credentials {
  const { clock, platform, loginEnvironment, confirm } = needs;
  const requests = createUserRequests();
  const approvals = createPluginApprovals({ clock, file: needs.approvalsFile });
  const turns = createTurns();
  let hasPages = false;

  function place(): UserPlace {
    if (hasPages) return requests.isAttended ? { kind: 'page', requests } : { kind: 'away' };
    if (!confirm) return { kind: 'away' };
    // A terminal shows one question at a time.
    return { kind: 'terminal', confirm: (subject) => turns.take(() => confirm(subject)) };
  }

  const admission = createPluginAdmission({ loginEnvironment, approvals, platform, place });
  const cache = createPluginCache({ clock, platform, place, ...needs.pluginLimits });
  return {
    requests,
    approvals,
    admission,
    provider: (user, cluster, origin) =>
      createCredentialProvider({ clock, admission, cache }, user, cluster, origin),
    usePages() {
      hasPages = true;
    },
  };
}
