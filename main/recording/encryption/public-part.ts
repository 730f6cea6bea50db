import * as v from 'valibot';
import type { RecordingDetails, RecordingEnd } from '../recording.ts';
import { recordingFactsSchema } from '../recording-facts.ts';

/**
 * What stands in the clear beside an encrypted cast: where, when and by whom it was recorded, so that the list can
 * show it without a key. All else, as the command and the reason, may hold what nobody else is to read: what is
 * neither named here nor another fact, none of which is a secret, stays out.
 */
export function publicDetails(details: RecordingDetails): RecordingDetails {
  const { context, namespace, pod, container } = details;
  const { reason: _reason, imported, ...facts } = v.parse(recordingFactsSchema, details);
  const known = { context, namespace, pod, container, command: [], ...facts };
  if (!imported) return known;
  const { title: _title, ...origin } = imported;
  return { ...known, imported: origin };
}

/** That it failed, and not why: words of servers may hold what they were sent. */
export function publicEnd(end: RecordingEnd): RecordingEnd {
  return end.kind === 'failed' ? { kind: 'failed', note: HIDDEN_NOTE } : end;
}

const HIDDEN_NOTE = 'it was broken off; why stands at its end, encrypted';
