/** The page's icons: one set, 16 px, drawn in the text's colour. */

import {
  Activity,
  ArrowUpDown,
  Bookmark,
  Box,
  Check,
  ChevronDown,
  ChevronRight,
  ChevronUp,
  CircleAlert,
  CloudCheck,
  CloudUpload,
  Copy,
  DoorOpen,
  Ellipsis,
  Film,
  FolderSearch,
  type IconNode,
  Info,
  Keyboard,
  Library,
  Link,
  ListFilter,
  Lock,
  Pause,
  Pin,
  PinOff,
  Play,
  Plus,
  RotateCw,
  Search,
  Settings,
  ShieldCheck,
  SquareTerminal,
  Tag,
  Text,
  Trash2,
  TriangleAlert,
  X,
} from 'lucide';
import type { JSX } from 'preact';

export type IconName =
  | 'alert'
  | 'check'
  | 'close'
  | 'copy'
  | 'delivered'
  | 'door'
  | 'down'
  | 'filter'
  | 'info'
  | 'keys'
  | 'library'
  | 'link'
  | 'lock'
  | 'looked'
  | 'marker'
  | 'more'
  | 'pause'
  | 'pin'
  | 'play'
  | 'plus'
  | 'policy'
  | 'pods'
  | 'pulse'
  | 'replay'
  | 'retry'
  | 'right'
  | 'search'
  | 'settings'
  | 'sort'
  | 'tag'
  | 'terminal'
  | 'text'
  | 'trash'
  | 'unpin'
  | 'up'
  | 'upload'
  | 'warning';

const ICONS: Readonly<Record<IconName, IconNode>> = {
  alert: CircleAlert,
  check: Check,
  close: X,
  copy: Copy,
  delivered: CloudCheck,
  door: DoorOpen,
  down: ChevronDown,
  filter: ListFilter,
  info: Info,
  keys: Keyboard,
  library: Library,
  link: Link,
  lock: Lock,
  looked: FolderSearch,
  marker: Bookmark,
  more: Ellipsis,
  pause: Pause,
  pin: Pin,
  play: Play,
  plus: Plus,
  policy: ShieldCheck,
  pods: Box,
  pulse: Activity,
  replay: Film,
  retry: RotateCw,
  right: ChevronRight,
  search: Search,
  settings: Settings,
  sort: ArrowUpDown,
  tag: Tag,
  terminal: SquareTerminal,
  text: Text,
  trash: Trash2,
  unpin: PinOff,
  up: ChevronUp,
  upload: CloudUpload,
  warning: TriangleAlert,
};

export interface IconProps {
  readonly name: IconName;
  /** What it says where no text beside it says the same. Without it, screen readers skip the icon. */
  readonly label?: string;
  /** CSS pixels, 16 unless it stands for an empty place. */
  readonly size?: number;
}

export function Icon({ name, label, size = 16 }: IconProps): JSX.Element {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width={size > 16 ? 1.5 : 2}
      stroke-linecap="round"
      stroke-linejoin="round"
      role="img"
      aria-label={label}
      aria-hidden={label === undefined}
    >
      {ICONS[name].map(([Tag, attributes]) => (
        // The set's elements (path, circle, rect, line) differ by nothing but their attributes.
        <Shape key={JSON.stringify(attributes)} tag={Tag} attributes={attributes} />
      ))}
    </svg>
  );
}

function Shape(props: {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
}): JSX.Element {
  const Tag = props.tag as 'path';
  return <Tag {...props.attributes} />;
}
