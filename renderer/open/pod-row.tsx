/** One pod in the list. */
import type { JSX } from 'preact';
import type { PodInfo } from '../../preload/contract.ts';
import { podRefusal, podSign } from '../store-pods.ts';
import { formatAge, formatCount } from '../ui/format.ts';
import { RowButton } from '../ui/row-button.tsx';
import { StatusDot } from '../ui/status-dot.tsx';
import type { RowProps } from '../ui/virtual-list.tsx';

export interface PodRowProps {
  readonly pod: PodInfo;
  readonly row: RowProps;
  readonly nowMs: number;
  /** Several namespaces are listed: each row says its own. */
  readonly hasNamespace: boolean;
  readonly onPoint: () => void;
  readonly onOpen: () => void;
  readonly onContainers: (row: Element) => void;
}

export function PodRow(props: PodRowProps): JSX.Element {
  const { pod, row } = props;
  const { shape, tone } = podSign(pod);
  const refusal = podRefusal(pod);
  const age = formatAge(props.nowMs - pod.createdAtMs);
  // Running is what pods do; only what else they do needs words.
  const hasStatus = pod.status !== 'Running';
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and the keys
    <div
      {...row}
      role="option"
      tabIndex={-1}
      class={`${row.class} pod-row`}
      aria-label={heard(pod, age, refusal)}
      aria-disabled={refusal !== undefined}
      title={[pod.name, refusal ?? `${pod.status}, on ${pod.node ?? 'no node yet'}`].join('\n')}
      onClick={props.onPoint}
      onDblClick={props.onOpen}
      onContextMenu={(event) => {
        event.preventDefault();
        props.onPoint();
        props.onContainers(event.currentTarget);
      }}
    >
      <StatusDot shape={shape} tone={tone} />
      <span class="pod-what">
        <PodName name={pod.name} />
        {props.hasNamespace && <span class="pod-namespace ellipsis">{pod.namespace}</span>}
        {hasStatus && <span class={`pod-status tone-${tone}`}>{pod.status}</span>}
      </span>
      <span class="pod-ready numbers">
        {pod.readyContainers}/{pod.totalContainers}
      </span>
      <span class="pod-restarts numbers">{pod.restarts === 0 ? '' : pod.restarts}</span>
      <span class="pod-age numbers">{age}</span>
      <RowButton
        icon="more"
        title="Choose a container"
        onPress={(event) => {
          props.onPoint();
          props.onContainers(event.currentTarget);
        }}
      />
    </div>
  );
}

/** Long names differ at their ends, so it is their middle that gives way. */
function PodName({ name }: { readonly name: string }): JSX.Element {
  const tail = name.length > SHORT_NAME ? name.slice(-TAIL) : '';
  return (
    <span class="pod-name">
      <span class="ellipsis">{name.slice(0, name.length - tail.length)}</span>
      {tail && <span class="pod-tail">{tail}</span>}
    </span>
  );
}

const SHORT_NAME = 16;
/** A hyphen and the five characters that a ReplicaSet gives each of its pods. */
const TAIL = 6;

function heard(pod: PodInfo, age: string, refusal: string | undefined): string {
  return [
    pod.name,
    pod.namespace,
    pod.status,
    `${pod.readyContainers} of ${pod.totalContainers} ready`,
    pod.restarts > 0 && formatCount(pod.restarts, 'restart'),
    age,
    refusal,
  ]
    .filter(Boolean)
    .join(', ');
}
