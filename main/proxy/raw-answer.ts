import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AnswerHead, ForwardAnswer } from '../kube/forward.ts';
import { toStatusAnswer } from './proxy-status.ts';
import { cleanAnswerHeaders } from './request-head.ts';

/** The head of an answer to an upgrade, as bytes. `Connection` and `Upgrade` are part of what was answered. */
export function formatAnswerHead({ status, statusText, headers }: AnswerHead): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`HTTP/1.1 ${status} ${statusText}\r\n${lines.join('')}\r\n`, 'latin1');
}

/** Answers an upgrade with what the server said instead, and hangs up, also where the body breaks. Never rejects. */
export async function sendRefusal(socket: Socket, { body, ...head }: ForwardAnswer): Promise<void> {
  const headers = [...cleanAnswerHeaders(head.headers), ['Connection', 'close'] as const];
  socket.write(formatAnswerHead({ ...head, headers }));
  await pipeline(Readable.from(body), socket).catch(() => {});
  socket.destroySoon();
}

/** Answers an upgrade with an error of our own, and hangs up. */
export function sendStatus(socket: Socket, error: unknown): void {
  const { code, body } = toStatusAnswer(error);
  const head = formatAnswerHead({
    status: code,
    statusText: STATUS_CODES[code] ?? '',
    headers: [
      ['Content-Type', 'application/json'],
      ['Content-Length', String(Buffer.byteLength(body))],
      ['Connection', 'close'],
    ],
  });
  // Who does not hang up is not waited for.
  socket.once('finish', () => socket.destroy());
  socket.end(Buffer.concat([head, Buffer.from(body)]));
}
