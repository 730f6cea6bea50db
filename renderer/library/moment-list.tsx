/** All moments that can be gone to, for the keyboard and for reading: what the slider's ticks are for the pointer. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { VirtualList } from '../ui/virtual-list.tsx';
import type { Moment, MomentKind } from './moments.ts';

export interface MomentListProps {
  readonly moments: readonly Moment[];
  readonly formatTime: (timeMicros: number) => string;
  readonly onPick: (moment: Moment) => void;
}

const KIND_WORDS: Readonly<Record<MomentKind, string>> = {
  marker: 'marker',
  resize: 'size',
  damage: 'damage',
  hit: 'hit',
};

export function MomentList({ moments, formatTime, onPick }: MomentListProps): JSX.Element {
  const [activeKey, setActiveKey] = useState<string>();
  return (
    <VirtualList
      id="moments"
      label="Moments"
      items={moments}
      keyOf={keyOf}
      activeKey={activeKey}
      onActivate={setActiveKey}
      onKeyDown={(event, active) => {
        if (event.key !== 'Enter') return false;
        onPick(active);
        return true;
      }}
      renderRow={(moment, row) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and the keys
        <div
          key={row.id}
          {...row}
          role="option"
          tabIndex={-1}
          title={moment.label}
          onClick={() => {
            setActiveKey(keyOf(moment));
            onPick(moment);
          }}
        >
          <time class="numbers secondary">{formatTime(moment.timeMicros)}</time>
          <span class={`moment-kind secondary is-${moment.kind}`}>{KIND_WORDS[moment.kind]}</span>
          <span class="ellipsis">{moment.label}</span>
        </div>
      )}
    />
  );
}

function keyOf({ kind, timeMicros, label }: Moment): string {
  return `${kind} ${timeMicros} ${label}`;
}
