import { watchFiles } from './base/file-watch.ts';
import type { Lifetime } from './base/lifetime.ts';
import { type Paths, resolveLockedPolicy } from './base/paths.ts';
import type { Contexts } from './kube/contexts.ts';
import type { Recording } from './library/recording.ts';
import type { PolicyAnswer, PolicyRule, PolicyTarget } from './policy/policy.ts';
import type { PolicyFile } from './policy/policy-file.ts';
import { openPolicyStore, type PolicyStore } from './policy/policy-store.ts';
import type { ShellPlace } from './session/shell-terms.ts';
import type { SettingsStore } from './settings/settings.ts';

/** The one place where every door asks what holds for a shell. */
export interface PolicyDesk extends PolicyStore {
  /** With what the kubeconfig says of the context. Throws `context-unknown`. */
  describe(place: ShellPlace): PolicyTarget;
  /** By the files as they are now. Rejects with `policy-invalid` where one of them cannot be followed. */
  answer(place: ShellPlace): Promise<PolicyAnswer>;
  /** What holds now for what was recorded. Rejects as `answer`. */
  answerFor(recording: Recording): Promise<PolicyAnswer>;
  /** How many days a recording has to be kept by the policy as it is now. Rejects as `answer`. */
  keptDays(): Promise<(recording: Recording) => number | undefined>;
}

export function openPolicyDesk(
  needs: {
    readonly environment: NodeJS.ProcessEnv;
    readonly platform: NodeJS.Platform;
    readonly paths: Pick<Paths, 'policyFile' | 'settingsFile'>;
    /** In place of the system's. */
    readonly lockedFile: PolicyFile | undefined;
    readonly contexts: Pick<Contexts, 'entry' | 'current'>;
    settings(): Promise<SettingsStore>;
  },
  life: Lifetime,
): PolicyDesk {
  const { paths, contexts } = needs;
  const store = openPolicyStore(
    {
      files: [needs.lockedFile ?? findLockedFile(needs), { path: paths.policyFile, isLocked: false }],
      chosenRules: async () => toRules((await needs.settings()).current().settings, paths.settingsFile),
      watch: watchFiles,
    },
    life,
  );

  function describe(place: ShellPlace): PolicyTarget {
    const { clusterName, userName, server } = contexts.entry(place.context);
    const address = toHostAndPort(server);
    const acting = contexts.current().entries.users.get(userName)?.fields.as;
    return {
      ...place,
      cluster: clusterName,
      ...(address === undefined ? {} : { server: address }),
      user: acting || userName,
    };
  }

  return {
    ...store,
    describe,
    answer: async (place) => (await store.read()).answer(describe(place)),
    answerFor: async (recording) => (await store.read()).answer(toTarget(recording)),
    async keptDays() {
      const policy = await store.read();
      return (recording) => policy.answer(toTarget(recording), 'nothing is let go').retentionDays;
    },
  };
}

function findLockedFile(needs: {
  readonly environment: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
}): PolicyFile {
  const path = resolveLockedPolicy(needs.environment, needs.platform);
  return { path, isLocked: true, ...(needs.platform === 'win32' ? {} : { ownerUid: ROOT_UID }) };
}

const ROOT_UID = 0;

/** What is chosen in the app holds beside what the files say, as one rule each. */
function toRules(
  settings: { readonly recordingRequired: boolean; readonly mayPause: boolean },
  file: string,
): readonly PolicyRule[] {
  const everywhere = { file, match: {}, lines: {} };
  return [
    ...(settings.recordingRequired
      ? [{ ...everywhere, name: 'the setting "recordingRequired"', says: { recording: 'required' as const } }]
      : []),
    ...(settings.mayPause
      ? []
      : [{ ...everywhere, name: 'the setting "mayPause"', says: { pause: 'never' as const } }]),
  ];
}

/** Whom the kubeconfig said we were is not in it: rules that name a user are taken to apply. */
function toTarget({ context, cluster, namespace, pod, container, node, origin }: Recording): PolicyTarget {
  const address = cluster && toHostAndPort(cluster.server);
  const isOfNode = origin?.kind === 'node' && node !== undefined;
  return {
    context,
    namespace,
    pod: isOfNode ? `node/${node}` : pod,
    ...(container === '' || isOfNode
      ? {}
      : { container: origin?.kind === 'debug' ? origin.target : container }),
    ...(cluster === undefined ? {} : { cluster: cluster.name }),
    ...(address === undefined ? {} : { server: address }),
  };
}

/** `https://API.example.com/path` as `api.example.com:443`. */
function toHostAndPort(server: string): string | undefined {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(server) ? server : `http://${server}`);
  if (!url || url.hostname === '') return undefined;
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`;
}
