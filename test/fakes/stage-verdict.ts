/** What a stage says of a recording and its seal. In the browser. */
import type { RecordingVerification } from '../../preload/contract.ts';

/** All are as they were sealed but `r2`. */
export async function verify(recordingId: string): Promise<RecordingVerification> {
  const seal = { keyId: 'a1b2c3d4e5f60718', signedAtMs: new Date(2026, 10, 20, 14, 3, 0).getTime() };
  if (recordingId !== 'r2') {
    return { recordingId, verdict: 'intact', reason: 'it is what was recorded', ...seal };
  }
  const badBlock = { index: 1, fromByte: 65_536, toByte: 131_072 };
  const reason = 'its bytes are not those that were sealed';
  return { recordingId, verdict: 'altered', reason, badBlock, ...seal };
}
