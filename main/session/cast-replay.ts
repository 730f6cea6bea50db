import type { CastEvent } from '../recording/cast/cast.ts';
import type { SessionRecord } from './session-record.ts';

const encoder = new TextEncoder();

/** A recorded event as a viewer sees it; nothing for input and for codes that we do not know. */
export function toSessionRecord(event: CastEvent): SessionRecord | undefined {
  switch (event.kind) {
    case 'output':
      return { kind: 'output', timeMicros: event.timeMicros, bytes: encoder.encode(event.text) };
    case 'resize':
    case 'marker':
    case 'exit':
      return event;
    case 'input':
    case 'other':
      return undefined;
  }
}
