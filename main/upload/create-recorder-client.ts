import type { RecorderAddress, RecorderKind } from '../policy/policy.ts';
import { createAlisClient } from './asciinema/alis-producer.ts';
import { createAsciinemaClient } from './asciinema/asciinema-server.ts';
import type { RecorderClient } from './recorder/recorder-client.ts';
import type { RecorderNeeds } from './recorder/recorder-dial.ts';
import { createTsrecorderClient } from './tsrecorder/tsrecorder.ts';

/** The way to a recorder, by its kind. Nothing is dialled yet. */
export function createRecorderClient(needs: RecorderNeeds, recorder: RecorderAddress): RecorderClient {
  return CLIENTS[recorder.kind](needs, recorder);
}

const CLIENTS: Readonly<Record<RecorderKind, typeof createTsrecorderClient>> = {
  tsrecorder: createTsrecorderClient,
  asciinema: createAsciinemaClient,
  alis: createAlisClient,
};
