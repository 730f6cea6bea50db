/** What comparing a recording with its seal came to, in words. */
import type { RecordingVerification } from '../../preload/contract.ts';
import { sentence } from '../ui/messages.tsx';
import type { DotShape, Tone } from '../ui/status-dot.tsx';
import { formatMoment } from './recording-words.ts';

export interface VerificationWords {
  readonly shape: DotShape;
  readonly tone: Tone;
  readonly line: string;
}

const LOOKS: Record<RecordingVerification['verdict'], { readonly word: string; readonly tone: Tone }> = {
  intact: { word: 'Intact', tone: 'live' },
  recovered: { word: 'Recovered', tone: 'owed' },
  live: { word: 'Live', tone: 'quiet' },
  unsealed: { word: 'Not sealed', tone: 'owed' },
  foreign: { word: 'Sealed by another key', tone: 'owed' },
  damaged: { word: 'Damaged', tone: 'lost' },
  altered: { word: 'Altered', tone: 'lost' },
};

export function describeVerification({
  verdict,
  reason,
  badBlock,
  keyId,
  signedAtMs,
}: RecordingVerification): VerificationWords {
  const { word, tone } = LOOKS[verdict];
  const place = badBlock ? ` First bad part: bytes ${badBlock.fromByte} to ${badBlock.toByte}.` : '';
  const seal =
    keyId === undefined || signedAtMs === undefined
      ? ''
      : ` Sealed ${formatMoment(signedAtMs)} with key ${keyId.slice(0, 8)}.`;
  return {
    shape: tone === 'lost' ? 'cross' : tone === 'live' ? 'full' : 'ring',
    tone,
    line: `${word}: ${sentence(reason)}${place}${seal}`,
  };
}
