/**
 * Lines of a transcript, of which only those seen exist: there may be millions, so that neither they nor their keys are
 * an array. One stop of the Tab key; Shift chooses several.
 */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { TranscriptLine } from '../../preload/contract.ts';
import { visibleText } from '../../preload/visible-text.ts';
import { rowWindow, scrollTopToShow } from '../ui/list-window.ts';
import { movedIndex } from '../ui/virtual-list.tsx';
import { offsetOfScroll, scrolledHeight, scrollOfOffset } from './long-scroll.ts';
import { splitAtText } from './marked-text.ts';

export interface TranscriptListProps {
  readonly label: string;
  readonly count: number;
  /** Undefined where it is not here yet. */
  readonly lineAt: (index: number) => TranscriptLine | undefined;
  /** These are seen. */
  readonly onSeen: (from: number, to: number) => void;
  /** The line of the moment that the replay shows; kept in view while it is followed. */
  readonly currentIndex: number | undefined;
  readonly isFollowing: boolean;
  /** The user has scrolled: what is looked at stays. */
  readonly onScrolled: () => void;
  /** Marked in the lines. */
  readonly text: string;
  readonly formatTime: (timeMicros: number) => string;
  readonly onPick: (line: TranscriptLine) => void;
  readonly onCopy: (from: number, to: number) => void;
}

const ROW_PX = 20;

interface Chosen {
  readonly index: number;
  /** Where a choice of several began. */
  readonly from: number;
}

export function TranscriptList(props: TranscriptListProps): JSX.Element {
  const { count, currentIndex, isFollowing } = props;
  const element = useRef<HTMLDivElement>(null);
  /** Where the page itself has scrolled to: anything else is the user's. */
  const ownScroll = useRef(0);
  const [view, setView] = useState({ scroll: 0, height: 400 });
  const [chosen, setChosen] = useState<Chosen>();
  const full = { rows: count * ROW_PX, viewport: view.height };
  const latest = useRef(props);
  latest.current = props;

  useLayoutEffect(() => {
    const list = element.current;
    if (!list) return;
    const measure = (): void => setView({ scroll: list.scrollTop, height: list.clientHeight });
    const scrolled = (): void => {
      if (Math.abs(list.scrollTop - ownScroll.current) > 1) latest.current.onScrolled();
      ownScroll.current = list.scrollTop;
      measure();
    };
    const sizes = new ResizeObserver(measure);
    sizes.observe(list);
    list.addEventListener('scroll', scrolled, { passive: true });
    measure();
    return () => {
      sizes.disconnect();
      list.removeEventListener('scroll', scrolled);
    };
  }, []);

  function show(index: number): void {
    const list = element.current;
    if (!list || index < 0 || index >= count) return;
    const size = { rows: count * ROW_PX, viewport: list.clientHeight };
    const scrollTop = offsetOfScroll(list.scrollTop, size);
    const next = scrollTopToShow(index, { scrollTop, height: list.clientHeight, rowHeight: ROW_PX });
    if (next === scrollTop) return;
    list.scrollTop = scrollOfOffset(next, size);
    ownScroll.current = list.scrollTop;
  }

  useEffect(() => {
    if (isFollowing && currentIndex !== undefined) show(currentIndex);
  }, [currentIndex, isFollowing, count, view.height]);

  const offset = offsetOfScroll(view.scroll, full);
  const { start, end } = rowWindow({ scrollTop: offset, height: view.height, rowHeight: ROW_PX }, count);
  useEffect(() => props.onSeen(start, end), [start, end, count]);

  function choose(index: number, isRange: boolean): void {
    setChosen((before) => ({ index, from: isRange ? (before?.from ?? index) : index }));
    show(index);
  }

  function press(event: KeyboardEvent): void {
    const index = chosen?.index ?? currentIndex ?? -1;
    const line = index < 0 ? undefined : props.lineAt(index);
    const hasMain = event.ctrlKey || event.metaKey;
    if (event.key === 'Enter' && line) props.onPick(line);
    else if (event.key.toLowerCase() === 'c' && hasMain && !event.altKey) {
      // What the mouse has selected, the browser copies.
      if (!chosen || document.getSelection()?.isCollapsed === false) return;
      props.onCopy(Math.min(chosen.from, chosen.index), Math.max(chosen.from, chosen.index));
    } else {
      const page = Math.max(1, Math.floor(view.height / ROW_PX) - 1);
      const next = movedIndex(event, index, { count, page });
      if (next === undefined) return;
      props.onScrolled();
      choose(next, event.shiftKey);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  function pick(event: MouseEvent, index: number): void {
    // Text that was just selected is to be copied, not gone to.
    if (document.getSelection()?.isCollapsed === false) return;
    choose(index, event.shiftKey);
    const line = props.lineAt(index);
    if (line && !event.shiftKey) props.onPick(line);
  }

  const range = chosen && {
    first: Math.min(chosen.from, chosen.index),
    last: Math.max(chosen.from, chosen.index),
  };
  return (
    <div
      ref={element}
      class="list transcript-list"
      role="listbox"
      aria-label={props.label}
      aria-multiselectable="true"
      aria-activedescendant={chosen && `transcript-${chosen.index}`}
      tabIndex={0}
      onKeyDown={press}
    >
      <div class="list-rows" style={{ height: `${scrolledHeight(full)}px` }}>
        {Array.from({ length: end - start }, (_, place) => {
          const index = start + place;
          const line = props.lineAt(index);
          const isChosen = range !== undefined && index >= range.first && index <= range.last;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and the keys
            <div
              key={index}
              id={`transcript-${index}`}
              role="option"
              tabIndex={-1}
              aria-posinset={index + 1}
              aria-setsize={count}
              aria-selected={isChosen}
              aria-current={index === currentIndex ? 'time' : undefined}
              class={`transcript-line ${index === chosen?.index ? 'is-active' : ''}`}
              style={{ top: `${view.scroll + index * ROW_PX - offset}px` }}
              onClick={(event) => pick(event, index)}
            >
              <time class="numbers">{line ? props.formatTime(line.timeMicros) : ''}</time>
              <span class="transcript-text">{line && <MarkedText line={line.text} text={props.text} />}</span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function MarkedText({ line, text }: { readonly line: string; readonly text: string }): JSX.Element {
  return (
    <>
      {splitAtText(visibleText(line), text).map(({ words, isHit }, index) =>
        isHit ? <mark key={index}>{words}</mark> : words,
      )}
    </>
  );
}
