import type { ElsewhereSession, ProxyInfo } from '../../preload/contract-elsewhere.ts';
import type { TappedSnapshot } from '../session/elsewhere.ts';
import { toProblem } from './problem.ts';
import type { CallsOf, ProxySwitch, Rooms } from './rooms.ts';
import { toRecordingState } from './sessions.ts';

export function answerElsewhere({
  elsewhere,
  proxy,
}: Pick<Rooms, 'elsewhere' | 'proxy'>): CallsOf<
  'elsewhere.list' | 'elsewhere.end' | 'proxy.state' | 'proxy.enable' | 'proxy.disable'
> {
  return {
    'elsewhere.list': async () => elsewhere.list().map(toElsewhereSession),
    'elsewhere.end': async ({ sessionId }) => {
      await elsewhere.end(sessionId);
      return {};
    },
    'proxy.state': async () => toProxyInfo(proxy),
    'proxy.enable': async ({ contexts }) => {
      await proxy.enable(contexts);
      return {};
    },
    'proxy.disable': async ({ contexts }) => {
      await proxy.disable(contexts);
      return {};
    },
  };
}

export function toElsewhereSession({ recording, ...session }: TappedSnapshot): ElsewhereSession {
  return { ...session, recording: toRecordingState(recording) };
}

export function toProxyInfo({ kubeconfigPath, shellLine, snapshot }: ProxySwitch): ProxyInfo {
  const { contexts, run } = snapshot();
  return {
    contexts,
    run: run.kind === 'failed' ? { kind: 'failed', problem: toProblem(run.error) } : run,
    kubeconfigPath,
    shellLine,
  };
}
