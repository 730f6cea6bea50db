import type { CastLine } from '../cast/cast-encoder.ts';
import { createStreamEncoder, type StreamEncoder } from '../cast/stream-encoder.ts';
import type { Captured, Redactor } from './redactor.ts';

/**
 * An encoder that sees nothing but what redaction has let through. What redaction holds back is in no line; it stays
 * in order with resizes and markers, and keeps its times. Without a redactor everything is let through.
 */
export function createRedactingEncoder(redactor: Redactor | undefined): StreamEncoder {
  const encoder = createStreamEncoder();
  return redactor ? redact(encoder, redactor) : encoder;
}

function redact(encoder: StreamEncoder, redactor: Redactor): StreamEncoder {
  function encode(captured: readonly Captured[]): CastLine[] {
    return captured.flatMap((piece) => {
      if (piece.kind === 'switch') return encoder.switchTo(piece);
      return piece.kind === 'bytes'
        ? encoder.output(piece.bytes, piece.timeMicros)
        : encoder.event(piece.event);
    });
  }

  return {
    switchTo: ({ isStderr }) => encode(redactor.take({ kind: 'switch', isStderr })),
    output: (bytes, timeMicros) => encode(redactor.take({ kind: 'bytes', bytes, timeMicros })),
    event: (event) => encode(redactor.take({ kind: 'event', event })),
    release: (timeMicros) => [...encode(redactor.release(timeMicros)), ...encoder.release(timeMicros)],
    // Giving up what is held would show half of a secret to the file.
    releaseAll: () => encoder.releaseAll(),
    finish: (timeMicros) => [...encode(redactor.finish()), ...encoder.finish(timeMicros)],
    get heldBytes() {
      return redactor.heldBytes + encoder.heldBytes;
    },
    get invalidBytes() {
      return encoder.invalidBytes;
    },
    get tail() {
      return encoder.tail;
    },
    get lastMicros() {
      return encoder.lastMicros;
    },
  };
}
