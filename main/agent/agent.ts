import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { AppError } from '../base/errors.ts';
import type { Dispose, Event } from '../base/event.ts';
import { createTappedRegister, type TappedSession, type TappedSessions } from '../session/elsewhere.ts';
import { type AgentDoor, createAgentDoor, EXEC_PROTOCOL, type RefusedPage } from './agent-door.ts';
import { createAgentPeer } from './agent-peer.ts';
import { type AgentSessionLimits, type AgentSessionNeeds, openAgentSession } from './agent-session.ts';
import { type ByteRate, createByteRate } from './byte-rate.ts';
import { MAX_FRAME_BYTES } from './frames.ts';
import type { AllowedOrigin, Origins } from './origins.ts';
import type { PeerTimes } from './peer-watch.ts';

export interface AgentNeeds extends Omit<AgentSessionNeeds, 'onChanged'> {
  readonly origins: Origins;
  newSessionId(): string;
  readonly limits?: Partial<AgentLimits>;
}

export interface AgentLimits extends AgentSessionLimits {
  /** Sockets of one page at a time. */
  readonly sessions: number;
  /** Of one page in a second, both ways and all its sessions; beyond it waits. */
  readonly bytesPerSecond: number;
  readonly times?: PeerTimes;
}

/** More than a console has panes; each may wait with 6 MiB of a frame. */
const AGENT_LIMITS: AgentLimits = {
  initMs: 10_000,
  // A shell has a second to go, and a disk that is stuck two.
  goodbyeMs: 5_000,
  sessions: 10,
  bytesPerSecond: 32 * 1024 * 1024,
};

/** The commands that pages of a browser open here, each with the user's consent. */
export interface Agent {
  /** The status to refuse with, or nothing. That the Host is ours was asked before. */
  judge(request: IncomingMessage): Promise<string | undefined>;
  /** To be called for a request that was not refused, once. */
  open(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  readonly sessions: TappedSessions;
  /** Pages that were not let in. */
  refused(): readonly RefusedPage[];
  readonly onRefused: Event<void>;
  forgetRefused(origin: string): void;
  /** Ends what is open, each with its record complete. */
  end(failure?: AppError): Promise<void>;
}

interface Page {
  readonly rate: ByteRate;
  open: number;
}

export function createAgent(needs: AgentNeeds): Agent {
  const { clock, log, origins } = needs;
  const limits = { ...AGENT_LIMITS, ...needs.limits };
  const door: AgentDoor = createAgentDoor({ clock, origins });
  const register = createTappedRegister();
  const pages = new Map<string, Page>();
  /** By request, from its judgement to its socket. */
  const admitted = new WeakMap<IncomingMessage, AllowedOrigin>();
  const open = new Map<TappedSession, AllowedOrigin>();
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handleProtocols: (offered) => (offered.has(EXEC_PROTOCOL) ? EXEC_PROTOCOL : false),
  });

  /** What was taken back, or has a new token, has no commands any more. */
  async function review(): Promise<void> {
    const allowed = new Set((await origins.list()).map(({ grantId }) => grantId));
    for (const [session, { grantId, origin }] of open) {
      if (allowed.has(grantId)) continue;
      log.info({ session: session.sessionId, origin }, 'a page is not allowed any more');
      // Never rejects.
      void session.close(new AppError('policy-refused', 'this page is not allowed any more'));
    }
  }
  // Never rejects.
  const stopFollowing: Dispose = origins.onChanged(() => void review());

  function pageOf(origin: string): Page {
    const page = pages.get(origin) ?? { rate: createByteRate(clock, limits.bytesPerSecond), open: 0 };
    pages.set(origin, page);
    return page;
  }

  function leave(origin: string): void {
    const page = pageOf(origin);
    page.open -= 1;
    if (page.open === 0) pages.delete(origin);
  }

  function serve(socket: Parameters<typeof createAgentPeer>[0], allowed: AllowedOrigin): void {
    const { origin } = allowed;
    const peer = createAgentPeer(socket, limits.times);
    const { rate } = pageOf(origin);
    const session = openAgentSession(
      { ...needs, onChanged: register.changed },
      { sessionId: needs.newSessionId(), origin, peer, rate, limits },
    );
    try {
      register.add(session);
    } catch (error) {
      void session.close(error as AppError);
    }
    open.set(session, allowed);
    // Never rejects. What was taken back since it was let in is found by the next line but one.
    void session.ended.then(() => open.delete(session));
    void review();
  }

  return {
    async judge(request) {
      const answer = await door.judge(request.headers);
      if (answer.kind === 'refused') return answer.status;
      const { page } = answer;
      if (pageOf(page.origin).open >= limits.sessions) return '429 Too Many Requests';
      // It may have gone while it was judged, and goes without telling.
      if (request.socket.destroyed) return '400 Bad Request';
      pageOf(page.origin).open += 1;
      request.socket.once('close', () => leave(page.origin));
      admitted.set(request, page);
      return undefined;
    },
    open(request, socket, head) {
      const page = admitted.get(request);
      if (!page) throw new AppError('internal', 'a request that was not judged');
      admitted.delete(request);
      sockets.handleUpgrade(request, socket, head, (opened) => serve(opened, page));
    },
    sessions: register,
    refused: door.refused,
    onRefused: door.onRefused,
    forgetRefused: door.forget,
    async end(failure) {
      stopFollowing();
      await register.endAll(failure);
    },
  };
}
