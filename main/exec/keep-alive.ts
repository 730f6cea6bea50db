import type { WebSocket } from 'ws';

/**
 * Pings an idle connection, so that proxies keep it, and tells when nothing has been heard for too long. Time in
 * which we have paused the socket does not count: an answer could not have reached us.
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

export function keepAlive(
  socket: WebSocket,
  onSilent: () => void,
  {
    pingMs = PING_INTERVAL_MS,
    deadlineMs = SILENT_DEADLINE_MS,
  }: { pingMs?: number; deadlineMs?: number } = {},
): KeepAlive {
  let silentMs = 0;
  let isPaused = false;
  let lastTick = performance.now();

  function tick(): void {
    const now = performance.now();
    // A laptop that slept, or a blocked process, has not listened for that long: it counts as one period.
    const passedMs = Math.min(now - lastTick, 2 * pingMs);
    lastTick = now;
    if (isPaused) return;
    silentMs += passedMs;
    // Stdin that the peer does not take holds its answers back as well: it is busy, not gone.
    if (socket.bufferedAmount > 0) silentMs = Math.min(silentMs, deadlineMs / 2);
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
