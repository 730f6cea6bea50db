/** Shells of other programs, and the proxy for kubectl, as the core of canned state has them. */
import type { EventName, Events } from '../../preload/contract.ts';
import type { ElsewhereSession, OriginsInfo, ProxyInfo } from '../../preload/contract-elsewhere.ts';
import type { PageAnswers } from './page-answers.ts';

export interface PageElsewhere {
  sessions: readonly ElsewhereSession[];
  proxy: ProxyInfo;
  origins: OriginsInfo;
}

export function noElsewhere(): PageElsewhere {
  return { sessions: [], proxy: proxyWith(), origins: { allowed: [] } };
}

export function proxyWith(changes: Partial<ProxyInfo> = {}): ProxyInfo {
  const kubeconfigPath = '/home/ada/.local/share/kubereel/proxy/kubeconfig';
  return {
    contexts: [],
    run: { kind: 'off' },
    kubeconfigPath,
    shellLine: `export KUBECONFIG='${kubeconfigPath}'`,
    ...changes,
  };
}

/** A shell of kubectl that is recorded since two minutes. */
export function elsewhereNamed(sessionId: string, changes: Partial<ElsewhereSession> = {}): ElsewhereSession {
  const startedAtMs = Date.now() - 133_000;
  return {
    sessionId,
    door: 'kubectl',
    client: 'kubectl/v1.32.1 (linux/amd64) kubernetes/e9c9be4',
    context: 'staging',
    namespace: 'shop',
    pod: 'web-7f9c5d8b4-x2x9z',
    container: 'app',
    command: ['sh', '-l'],
    kind: 'exec',
    startedAtMs,
    recording: { kind: 'recording', recordingId: 'r1', startedAtMs, bytes: 48_213, lostBytes: 0 },
    ...changes,
  };
}

export function answerElsewhere(
  elsewhere: PageElsewhere,
  emit: <Name extends EventName>(name: Name, event: Events[Name]) => void,
): Pick<
  PageAnswers,
  | 'elsewhere.list'
  | 'elsewhere.end'
  | 'proxy.state'
  | 'proxy.enable'
  | 'proxy.disable'
  | 'origins.state'
  | 'origins.allow'
  | 'origins.remove'
> {
  function choose(contexts: readonly string[]): void {
    const run =
      contexts.length > 0 ? ({ kind: 'running', port: 23_456 } as const) : ({ kind: 'off' } as const);
    elsewhere.proxy = { ...elsewhere.proxy, contexts, run };
    emit('proxy.changed', elsewhere.proxy);
  }
  function changeOrigins(next: OriginsInfo): void {
    elsewhere.origins = next;
    emit('origins.changed', next);
  }
  return {
    'elsewhere.list': () => elsewhere.sessions,
    'elsewhere.end': ({ sessionId }) => {
      elsewhere.sessions = elsewhere.sessions.filter((one) => one.sessionId !== sessionId);
      emit('elsewhere.changed', elsewhere.sessions);
      return {};
    },
    'origins.state': () => elsewhere.origins,
    'origins.allow': ({ address }) => {
      const { allowed, refused = [] } = elsewhere.origins;
      changeOrigins({
        allowed: [
          ...allowed.filter(({ origin }) => origin !== address),
          { origin: address, allowedAtMs: Date.now() },
        ],
        refused: refused.filter(({ origin }) => origin !== address),
      });
      return { origin: address, token: 'a-token-of-the-page-told-once-1234567890abc' };
    },
    'origins.remove': ({ origin }) => {
      const { allowed, ...rest } = elsewhere.origins;
      changeOrigins({ ...rest, allowed: allowed.filter((each) => each.origin !== origin) });
      return {};
    },
    'proxy.state': () => elsewhere.proxy,
    'proxy.enable': ({ contexts }) => {
      choose([...new Set([...elsewhere.proxy.contexts, ...contexts])]);
      return {};
    },
    'proxy.disable': ({ contexts }) => {
      choose(elsewhere.proxy.contexts.filter((name) => !contexts.includes(name)));
      return {};
    },
  };
}
