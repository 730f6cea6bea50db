import type { WebSocket } from 'ws';

/**
 * Pings a connection, so that proxies keep it, and tells when nothing has been heard for too long. Time in which
 * we have paused the socket does not count: an answer could not have reached us.
 */
export interface KeepAlive {
  heard(): void;
  pause(): void;
  resume(): void;
  stop(): void;
}

/** kubectl's period and deadline: twelve pings and a second (client-go, remotecommand/websocket.go). */
const PING_INTERVAL_MS = 5_000;
const SILENT_DEADLINE_MS = 61_000;
/** A wall clock that is this many periods ahead of the timer: the machine has slept. */
const SLEEP_PERIODS = 4;
/** What a connection may have outlived, it answers to in this many periods. */
const PERIODS_AFTER_SLEEP = 2;

export interface KeepAliveTimes {
  readonly pingMs?: number;
  readonly deadlineMs?: number;
}

export function keepAlive(
  socket: WebSocket,
  onSilent: () => void,
  { pingMs = PING_INTERVAL_MS, deadlineMs = SILENT_DEADLINE_MS }: KeepAliveTimes = {},
): KeepAlive {
  let silentMs = 0;
  let isPaused = false;
  let lastTickMs = performance.now();
  let lastWallMs = Date.now();

  function tick(): void {
    const nowMs = performance.now();
    const wallMs = Date.now();
    const hasSlept = wallMs - lastWallMs > SLEEP_PERIODS * pingMs;
    // A laptop that slept, or a blocked process, has not listened for all of that time: two periods at most count.
    const passedMs = Math.min(nowMs - lastTickMs, 2 * pingMs);
    lastTickMs = nowMs;
    lastWallMs = wallMs;
    // Stdin that the peer does not take holds our pings back as well: it is busy, not gone. If it is gone after
    // all, TCP gives up on what is unsent.
    if (!isPaused && socket.bufferedAmount === 0) silentMs += passedMs;
    // What a proxy or the server gave up meanwhile never answers: nobody waits a minute before an old screen.
    if (hasSlept) silentMs = Math.max(0, deadlineMs - PERIODS_AFTER_SLEEP * pingMs);
    if (silentMs >= deadlineMs) onSilent();
    else if (socket.readyState === socket.OPEN) socket.ping();
  }

  function heard(): void {
    silentMs = 0;
  }

  const timer = setInterval(tick, pingMs);
  timer.unref();
  socket.on('pong', heard);
  return {
    heard,
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      silentMs = 0;
    },
    stop() {
      clearInterval(timer);
      socket.off('pong', heard);
    },
  };
}
