/** What recordings take of the disk, of how much, and what is free. Measured anew as the library changes. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RecordingInfo } from '../../preload/contract.ts';
import { problemOf } from '../problem.ts';
import type { Keeping, StorageUse } from '../store-keeping.ts';
import { Icon } from '../ui/icon.tsx';
import { sentence } from '../ui/messages.tsx';
import { describeStorage, type StorageLimits } from './storage-words.ts';

export interface StorageMeterProps {
  readonly measure: Keeping['storage'];
  /** Whenever it is another, something may have come or gone. */
  readonly changed: unknown;
  readonly limits: StorageLimits;
  /** Leads to the rules; absent where one is there already. */
  readonly onRules?: () => void;
}

/** Under the list of an open library; an empty one has nothing to measure. */
export function StorageFoot({
  recordings,
  ...meter
}: Omit<StorageMeterProps, 'changed'> & {
  readonly recordings: ReadonlyMap<string, RecordingInfo> | undefined;
}): JSX.Element | null {
  return recordings && recordings.size > 0 ? <StorageMeter {...meter} changed={recordings} /> : null;
}

/** Measuring looks at each file: a recording that grows does not make it do so without end. */
const MEASURE_EVERY_MS = 10_000;

export function StorageMeter({ measure, changed, limits, onRules }: StorageMeterProps): JSX.Element {
  const { use, refusal } = useStorage(measure, changed);
  const words = use && describeStorage(use, limits);
  return (
    <div class="storage-meter">
      {words?.share !== undefined && (
        <meter
          class={`storage-bar tone-${words.tone}`}
          aria-label="Storage of recordings"
          aria-valuetext={words.line}
          value={words.share}
          style={{ '--share': `${words.share * 100}%` }}
        />
      )}
      <span class="secondary numbers ellipsis" title={words?.line}>
        {words?.line ?? refusal ?? '\u00a0'}
      </span>
      {words?.warning !== undefined && (
        <span class="storage-warning tone-owed" role="status">
          <Icon name="warning" />
          <span>{words.warning}</span>
        </span>
      )}
      {onRules && (
        <button type="button" class="link-button storage-rules" onClick={onRules}>
          Retention
        </button>
      )}
    </div>
  );
}

/** At once, and then at most as often as is said above. What changes while it is measured does not cost its answer. */
function useStorage(
  measure: Keeping['storage'],
  changed: unknown,
): { readonly use: StorageUse | undefined; readonly refusal: string | undefined } {
  const [use, setUse] = useState<StorageUse>();
  const [refusal, setRefusal] = useState<string>();
  const [clock] = useState({ measuredAt: Number.NEGATIVE_INFINITY });
  useEffect(() => {
    const waitMs = Math.max(0, clock.measuredAt + MEASURE_EVERY_MS - performance.now());
    const timer = setTimeout(async () => {
      clock.measuredAt = performance.now();
      try {
        setUse(await measure());
      } catch (error) {
        setRefusal(`What they take was not measured: ${sentence(problemOf(error).message)}`);
      }
    }, waitMs);
    return () => clearTimeout(timer);
  }, [changed]);
  return { use, refusal };
}
