/** What a debug container may do, as kubectl's profiles of the same names (kubectl, pkg/cmd/debug/profiles.go). */
export type DebugProfile = 'general' | 'baseline' | 'restricted' | 'netadmin' | 'sysadmin';

export const DEBUG_PROFILES: readonly DebugProfile[] = [
  'general',
  'baseline',
  'restricted',
  'netadmin',
  'sysadmin',
];

/** kubectl's from 1.36; its `legacy` before that asks for nothing, so that a debugger sees no other process. */
export const DEFAULT_DEBUG_PROFILE: DebugProfile = 'general';

/** Undefined: the container asks for nothing, and has what the pod has. */
export function securityContextFor(profile: DebugProfile): object | undefined {
  switch (profile) {
    case 'general':
      return { capabilities: { add: ['SYS_PTRACE'] } };
    case 'baseline':
      return undefined;
    case 'restricted':
      return {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      };
    case 'netadmin':
      return { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } };
    case 'sysadmin':
      return { privileged: true };
  }
}
