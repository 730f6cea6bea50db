import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { type KeepAlive, keepAlive } from '../../../main/exec/keep-alive.ts';

/** The part of a WebSocket that is used: silent, unless told to answer. */
class QuietSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  pings = 0;
  isAnswering = false;

  ping(): void {
    this.pings += 1;
    if (this.isAnswering) this.emit('pong');
  }
}

let socket: QuietSocket;
let isSilent: boolean;
let alive: KeepAlive;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  socket = new QuietSocket();
  isSilent = false;
  alive = keepAlive(socket as unknown as WebSocket, () => {
    isSilent = true;
  });
});

afterEach(() => {
  alive.stop();
  vi.useRealTimers();
});

test('an idle connection is pinged every 5 s, and lives while it answers', () => {
  socket.isAnswering = true;
  vi.advanceTimersByTime(600_000);
  expect({ pings: socket.pings, isSilent }).toEqual({ pings: 120, isSilent: false });
});

test('a peer that is silent for 61 s is given up within 66 s', () => {
  vi.advanceTimersByTime(60_000);
  expect(isSilent).toBe(false);
  vi.advanceTimersByTime(6_000);
  expect(isSilent).toBe(true);
});

test('anything that is heard counts as an answer', () => {
  for (let i = 0; i < 10; i += 1) {
    vi.advanceTimersByTime(50_000);
    alive.heard();
  }
  expect(isSilent).toBe(false);
});

test('time in which we do not listen does not count, and pings go on', () => {
  alive.pause();
  vi.advanceTimersByTime(600_000);
  expect({ pings: socket.pings, isSilent }).toEqual({ pings: 120, isSilent: false });
  alive.resume();
  vi.advanceTimersByTime(60_000);
  expect(isSilent).toBe(false);
  vi.advanceTimersByTime(6_000);
  expect(isSilent).toBe(true);
});

test('a peer that does not take our input is busy, not gone', () => {
  socket.bufferedAmount = 1;
  vi.advanceTimersByTime(600_000);
  expect(isSilent).toBe(false);
});

test('a laptop that slept for an hour is not a silent peer', () => {
  const realNow = performance.now();
  vi.spyOn(performance, 'now').mockReturnValue(realNow + 3_600_000);
  vi.advanceTimersByTime(5_000);
  expect(isSilent).toBe(false);
});

test('after a night’s sleep a connection that is gone is known in seconds, and one that answers lives', () => {
  const wallMs = Date.now();
  const wall = vi.spyOn(Date, 'now').mockReturnValue(wallMs + 8 * 3_600_000);
  vi.advanceTimersByTime(5_000);
  expect(isSilent).toBe(false);
  socket.emit('pong');
  vi.advanceTimersByTime(60_000);
  expect(isSilent).toBe(false);
  alive.heard();
  wall.mockReturnValue(wallMs + 16 * 3_600_000);
  vi.advanceTimersByTime(15_000);
  expect(isSilent).toBe(true);
  wall.mockRestore();
});

test('a socket that is closing is not pinged, and nothing is after stop', () => {
  socket.readyState = 2;
  vi.advanceTimersByTime(20_000);
  expect(socket.pings).toBe(0);
  socket.readyState = 1;
  alive.stop();
  vi.advanceTimersByTime(600_000);
  expect({ pings: socket.pings, isSilent, listeners: socket.listenerCount('pong') }).toEqual({
    pings: 0,
    isSilent: false,
    listeners: 0,
  });
});
