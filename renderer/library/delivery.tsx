/** Whether a recorder has a recording too: a sign in its row, a line in its details. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RecordingInfo } from '../../preload/contract.ts';
import { problemOf } from '../problem.ts';
import type { UploadStore } from '../store-uploads.ts';
import { Icon } from '../ui/icon.tsx';
import { sentence } from '../ui/messages.tsx';
import { WebLink } from '../ui/web-link.tsx';
import { type DeliveryWords, describeDelivery, describeOwing } from '../uploads/upload-words.ts';

export interface LibraryUploads extends Pick<UploadStore, 'owed' | 'get'> {
  /** Leads to it in the queue. */
  show(recordingId: string): void;
}

interface DeliveryProps {
  readonly recording: RecordingInfo;
  readonly uploads: LibraryUploads;
  /** Unix milliseconds. */
  readonly nowMs: number;
}

/** What the queue knows of it, or that it is owed at all; undefined where it is not. */
function owingOf({ recording, uploads, nowMs }: DeliveryProps): DeliveryWords | undefined {
  const one = uploads.owed.value?.get(recording.recordingId);
  if (one) return describeOwing(one, nowMs);
  return recording.isOwed && { tone: 'owed', text: 'Not delivered yet', title: 'No recorder has it yet.' };
}

/** For a row. Nothing where nobody wants it elsewhere, and while it is still being made. */
export function DeliverySign(props: DeliveryProps): JSX.Element | null {
  const { recording } = props;
  const words = owingOf(props);
  if (words) {
    if (recording.state === 'live') return null;
    return (
      <span class="library-sign tone-owed" title={`${words.text}\n${words.title}`.trim()}>
        <Icon name="upload" label="not delivered" />
        <span class="library-owed" aria-hidden="true">
          not delivered
        </span>
      </span>
    );
  }
  if (!recording.isDelivered) return null;
  return (
    <span class="library-sign" title="A recorder has it.">
      <Icon name="delivered" label="delivered" />
    </span>
  );
}

/** For the details: to whom and when, or why not and what comes next. */
export function DeliveryLine(props: DeliveryProps): JSX.Element | null {
  const { recording, uploads } = props;
  const owing = owingOf(props);
  const receipt = useReceipt(props);
  const words = owing ?? receipt;
  if (!words) return null;
  return (
    <span class="recording-delivery" role="status">
      <Icon name={owing ? 'upload' : 'delivered'} />
      <span class={`ellipsis numbers tone-${words.tone}`} title={words.title}>
        {words.text}
      </span>
      <WebLink url={words.url}>Open it there</WebLink>
      {owing && recording.state !== 'live' && (
        <button type="button" class="link-button" onClick={() => uploads.show(recording.recordingId)}>
          Show in the queue
        </button>
      )}
    </span>
  );
}

/** Asked for where there is one; that it is there is told at once. */
function useReceipt({ recording, uploads, nowMs }: DeliveryProps): DeliveryWords | undefined {
  const { recordingId, isDelivered } = recording;
  const [told, setTold] = useState<{
    recordingId: string;
    words: (nowMs: number) => DeliveryWords | undefined;
  }>();
  useEffect(() => {
    if (!isDelivered) return;
    let isCurrent = true;
    uploads.get(recordingId).then(
      (state) => isCurrent && setTold({ recordingId, words: (now) => describeDelivery(state, now) }),
      (error: unknown) => {
        const title = sentence(problemOf(error).message);
        if (isCurrent) setTold({ recordingId, words: () => ({ ...DELIVERED, title }) });
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [recordingId, isDelivered]);
  if (!isDelivered) return undefined;
  return told?.recordingId === recordingId ? told.words(nowMs) : DELIVERED;
}

const DELIVERED: DeliveryWords = { tone: 'quiet', text: 'Delivered', title: 'A recorder has it.' };
