/** Shells of other programs, and the proxy for kubectl, in words. Pure. */
import type { ElsewhereSession, ProxyInfo, RefusedOrigin } from '../../preload/contract-elsewhere.ts';
import { formatCount, formatTime } from '../ui/format.ts';
import type { DotShape, Tone } from '../ui/status-dot.tsx';

/** `web-0 / app`; without the container where its client left that to the server. */
export function nameOfElsewhere({ pod, container }: Pick<ElsewhereSession, 'pod' | 'container'>): string {
  return container === '' ? pod : `${pod} / ${container}`;
}

/** `kubectl 1.32.1`, as people call what names itself `kubectl/v1.32.1 (linux/amd64) kubernetes/abc`; else as it is. */
export function describeClient({ door, client }: Pick<ElsewhereSession, 'door' | 'client'>): string {
  if (client === '') return door === 'kubectl' ? 'a client without a name' : 'a page';
  if (door === 'browser') return client;
  const named = /^([\w.-]+)\/v?(\d[\w.-]*)/.exec(client);
  return named ? `${named[1]} ${named[2]}` : client;
}

/** What runs: the command's words, or that it was there before. */
export function describeCommand({ kind, command }: Pick<ElsewhereSession, 'kind' | 'command'>): string {
  return kind === 'attach' ? 'attached' : command.join(' ');
}

/** Whether all of it is on record now. */
export function isOnRecord({ recording }: Pick<ElsewhereSession, 'recording'>): boolean {
  return recording.kind === 'recording' && !recording.trouble;
}

export interface ProxyWords {
  readonly shape: DotShape;
  readonly tone: Tone;
  readonly line: string;
}

/** A failure is told as a problem instead. */
export function describeProxy({ run, contexts }: ProxyInfo): ProxyWords | undefined {
  const what = formatCount(contexts.length, 'context');
  switch (run.kind) {
    case 'starting':
      return { shape: 'half', tone: 'quiet', line: 'Starting' };
    case 'off':
      return { shape: 'ring', tone: 'quiet', line: 'Off: kubectl reaches clusters without Kubereel' };
    case 'running':
      return { shape: 'full', tone: 'live', line: `On for ${what}, at 127.0.0.1:${run.port}` };
    case 'elsewhere': {
      const who = run.processId === undefined ? 'another process' : `process ${run.processId}`;
      return {
        shape: 'full',
        tone: 'live',
        line: `On for ${what}, run by ${who}. Its shells are listed there; this app takes over when it ends.`,
      };
    }
    case 'failed':
      return undefined;
  }
}

/** `refused 12:04, 3 tries: it is not allowed` */
export function describeRefused({ why, atMs, tries }: RefusedOrigin, nowMs: number): string {
  const reason = why === 'not-allowed' ? 'it is not allowed' : 'its token is not the right one';
  const often = tries === 1 ? '' : `, ${tries} tries`;
  return `refused ${formatTime(atMs, nowMs)}${often}: ${reason}`;
}
