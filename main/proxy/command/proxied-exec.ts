import type { Duplex } from 'node:stream';
import { AppError } from '../../base/errors.ts';
import { type ExecStatus, parseExecStatus } from '../../exec/exec-status.ts';
import { fetchContainerEnd } from '../../kube/container-wait.ts';
import type { AnswerHead, ForwardRequest } from '../../kube/forward.ts';
import type { KubeTransport } from '../../kube/transport.ts';
import type { Tunnel, TunnelRefusal } from '../../kube/tunnel.ts';
import type { RecordingDetails, RecordingEnd } from '../../recording/recording.ts';
import type { TappedSession, TappedSnapshot } from '../../session/elsewhere.ts';
import type { ShellTermsNeeds } from '../../session/shell-terms.ts';
import type { Tap } from '../tap/tap.ts';
import { createExecRecorder, type ExecRecorder, type ExecRecorderNeeds } from './exec-recorder.ts';
import { type RelayEnd, type RelayKeeper, relayExec } from './exec-relay.ts';
import type { ProxiedCommand } from './exec-request.ts';
import { createFittingTap } from './exec-tap.ts';
import { agreeOnExec, type ExecTerms, mustBeRead } from './exec-terms.ts';
import { formatFarewell } from './exec-words.ts';

export interface ProxiedExecNeeds extends Omit<ExecRecorderNeeds, 'onWords'> {
  readonly terms: ShellTermsNeeds;
  transport(context: string): Promise<KubeTransport>;
  /** How long output waits for the size of its terminal. */
  readonly sizeWaitMs?: number;
  /** For how long it is asked how a container has ended. */
  readonly exitWaitMs?: number;
}

export interface ProxiedExecWork {
  readonly sessionId: string;
  readonly context: string;
  readonly command: ProxiedCommand;
  /** As of a snapshot. */
  readonly client: string;
}

/** The cluster has opened it. To be relayed, in every case. */
export interface OpenedExec extends AnswerHead {
  readonly kind: 'open';
  /** The answer's head has been sent. Resolves when both connections are gone and the recording is closed; never rejects. */
  relay(client: Duplex): Promise<void>;
}

export interface ProxiedExec extends TappedSession {
  /**
   * Asks policy, recorders and the cluster, in this order. The request's signal ends it also later. Rejects as `agreeOnExec`, as `KubeTransport.openTunnel`, with
   * `recording-required`, and with `protocol-error` where it has to be recorded and cannot be read.
   */
  open(request: ForwardRequest): Promise<OpenedExec | TunnelRefusal>;
}

/** kubectl sends it in the first milliseconds. Where nobody sends one, a shell's prompt is held for so long. */
const SIZE_WAIT_MS = 500;
/** A kubelet tells it within a second or two; until then a command that was attached to counts as live. */
const EXIT_WAIT_MS = 3_000;

export function createProxiedExec(
  needs: ProxiedExecNeeds,
  { sessionId, context, command, client }: ProxiedExecWork,
): ProxiedExec {
  const { clock, sizeWaitMs = SIZE_WAIT_MS, exitWaitMs = EXIT_WAIT_MS } = needs;
  const { kind, namespace, pod, container, hasTty } = command;
  const closing = new AbortController();
  const ended = Promise.withResolvers<void>();
  const place = { context, namespace, pod, ...(container !== '' && { container }) };
  let startedAtMs: number | undefined;
  let recorder: ExecRecorder | undefined;
  /** Why there is no recording. */
  let unreadable: AppError | undefined;
  let speak: () => void = () => {};

  function describe(): RecordingDetails {
    const door = { kind: 'kubectl' as const, client };
    return { ...place, container, command: command.command, sessionId, hasTty, door };
  }

  function snapshot(): TappedSnapshot | undefined {
    if (startedAtMs === undefined) return undefined;
    const recording = unreadable
      ? ({ kind: 'failed', error: unreadable } as const)
      : (recorder?.state ?? ({ kind: 'none' } as const));
    return {
      ...place,
      sessionId,
      door: 'kubectl',
      client,
      container,
      command: command.command,
      kind,
      startedAtMs,
      recording,
    };
  }

  /** What was agreed on is begun, or cancelled. */
  async function prepare(tunnel: Tunnel, terms: ExecTerms, signal: AbortSignal): Promise<OpenedExec> {
    const { answer, start } = terms;
    // A terminal's is held until its recording stands, which waits for its size.
    const { tap, problem } = createFittingTap(command, tunnel, hasTty || answer.input === 'always');
    if (tap) {
      const recorderNeeds = { ...needs, onWords: () => speak() };
      recorder = createExecRecorder(recorderNeeds, { details: describe(), hasTty, terms, sizeWaitMs });
      if (!hasTty) await recorder.open();
    } else {
      await start?.cancel();
      if (mustBeRead(answer)) throw problem;
      unreadable = problem;
    }
    const { status, statusText, headers } = tunnel;
    return {
      kind: 'open',
      status,
      statusText,
      headers,
      relay: (socket) => relay(tunnel, tap, socket, signal),
    };
  }

  async function relay(
    tunnel: Tunnel,
    tap: Tap | undefined,
    socket: Duplex,
    ending: AbortSignal,
  ): Promise<void> {
    startedAtMs = clock.nowMs();
    needs.onChanged();
    // Nobody types to a connection that collects what it sends.
    tunnel.socket.setNoDelay(true);
    // That it fails is told by `stopped`.
    if (hasTty) recorder?.open().catch(() => {});
    const signal = AbortSignal.any([ending, ...(recorder ? [recorder.stopped] : [])]);
    const keeper = recorder ?? createIdleKeeper(hasTty);
    const passing = relayExec(needs, { server: tunnel.socket, client: socket, tap, keeper }, { signal });
    ({ speak } = passing);
    const end = await passing.ended;
    await recorder?.close(await toRecordingEnd(end));
    ended.resolve();
  }

  async function toRecordingEnd({ stopped, status, left }: RelayEnd): Promise<RecordingEnd> {
    if (stopped && stopped.code !== 'cancelled') return { kind: 'failed', note: stopped.message };
    if (status !== undefined) return toStatusEnd(parseExecStatus(status));
    if (left === 'client') return { kind: 'closed' };
    const how = 'it was closed without a word on how the command ended';
    return { kind: 'failed', note: `the connection to ${namespace}/${pod} was lost: ${how}` };
  }

  async function toStatusEnd(status: ExecStatus): Promise<RecordingEnd> {
    if (status.kind === 'failed') return { kind: 'failed', note: status.message };
    const exitCode = kind === 'attach' ? await findExitCode() : undefined;
    return { kind: 'exited', exitCode: exitCode ?? status.exitCode };
  }

  /** Of what is attached to servers tell success, however it ended (kubernetes/kubernetes#63694). Never rejects. */
  async function findExitCode(): Promise<number | undefined> {
    if (container === '') return undefined;
    try {
      const transport = await needs.transport(context);
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(exitWaitMs)]);
      const end = await fetchContainerEnd({ transport, clock }, { namespace, pod, container }, { signal });
      return end?.exitCode;
    } catch {
      return undefined;
    }
  }

  return {
    sessionId,
    snapshot,
    async open(request) {
      const signal = AbortSignal.any([request.signal, closing.signal]);
      let tunnel: Tunnel | undefined;
      try {
        const terms = await agreeOnExec(needs.terms, place, { signal });
        const answer = await openTunnel(needs, context, { ...request, signal }, terms);
        if (answer.kind === 'refused') {
          ended.resolve();
          return answer;
        }
        tunnel = answer;
        return await prepare(tunnel, terms, signal);
      } catch (error) {
        tunnel?.socket.destroy();
        ended.resolve();
        throw error;
      }
    },
    async close(failure) {
      closing.abort(failure ?? new AppError('cancelled', 'this command was ended in Kubereel'));
      recorder?.release();
      await ended.promise;
    },
    ended: ended.promise,
    delivered: async () => recorder?.delivered(),
  };
}

/** What is not opened is not delivered. */
async function openTunnel(
  { transport }: Pick<ProxiedExecNeeds, 'transport'>,
  context: string,
  { headers, ...request }: ForwardRequest,
  { start }: ExecTerms,
): Promise<Tunnel | TunnelRefusal> {
  // Frames that are packed could not be read; no API server packs any.
  const readable = headers.filter(([name]) => name.toLowerCase() !== 'sec-websocket-extensions');
  try {
    request.signal.throwIfAborted();
    const answer = await (await transport(context)).openTunnel({ ...request, headers: readable });
    if (answer.kind === 'refused') await start?.cancel();
    return answer;
  } catch (error) {
    await start?.cancel();
    throw error;
  }
}

/** Of what is not recorded. */
function createIdleKeeper(hasTty: boolean): RelayKeeper {
  return {
    async fromServer() {},
    async fromClient() {},
    async blinded() {},
    takeWords: () => undefined,
    explain: (reason) => formatFarewell(reason, hasTty),
  };
}
