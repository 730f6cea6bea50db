import type { RecorderAddress, RecorderKind } from '../policy/policy.ts';
import { createAlisClient } from './alis-producer.ts';
import { createAsciinemaClient } from './asciinema-server.ts';
import type { RecorderClient } from './recorder-client.ts';
import type { RecorderNeeds } from './recorder-dial.ts';
import { createTsrecorderClient } from './tsrecorder.ts';

/** The way to a recorder, by its kind. Nothing is dialled yet. */
export function createRecorderClient(needs: RecorderNeeds, recorder: RecorderAddress): RecorderClient {
  return CLIENTS[recorder.kind](needs, recorder);
}

const CLIENTS: Readonly<Record<RecorderKind, typeof createTsrecorderClient>> = {
  tsrecorder: createTsrecorderClient,
  asciinema: createAsciinemaClient,
  alis: createAlisClient,
};
