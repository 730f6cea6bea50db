/**
 * A terminal in its place: finding, copying, pasting, zooming and fitting, alike for live shells and for
 * replays. What is shown in it, the pane around it brings.
 */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { AppInfo, Settings, TerminalSize } from '../../preload/contract.ts';
import { announce } from '../ui/announcer.ts';
import { Menu, type MenuPlace } from '../ui/menu.tsx';
import { Notice } from '../ui/messages.tsx';
import { copyText, readClipboard } from './clipboard.ts';
import { FindBar, type FindBarProps } from './find-bar.tsx';
import type { FindResult } from './finder.ts';
import { type PaneCommand, paneCommandOf, plainCommandOf } from './keys.ts';
import { listenToPane } from './pane-events.ts';
import { menuItems } from './pane-menu.ts';
import { type PasteText, preparePaste } from './paste.ts';
import { PasteDialog } from './paste-dialog.tsx';
import { type Edge, TerminalEdge } from './terminal-edge.tsx';
import { createTerminal, type TerminalInput, type TerminalView } from './xterm.ts';

export interface TerminalFrameProps {
  readonly label: string;
  /** The size to begin with; later ones come by the records. */
  readonly size: TerminalSize;
  readonly settings: Settings;
  readonly host: Pick<AppInfo, 'platform' | 'host'>;
  readonly isVisible: boolean;
  /** Absent for what has happened already. Read when the terminal is made. */
  readonly input?: TerminalInput;
  /** Called once; what it starts ends with the signal. */
  readonly onReady: (view: TerminalView, options: { signal: AbortSignal }) => void;
  /** What fits here; undefined while hidden. */
  readonly onFit?: (own: TerminalSize | undefined) => void;
  /** The terminal has another size now. */
  readonly onSized?: (size: TerminalSize) => void;
  /** Asked when it comes into view. Left out: who has the focus keeps it, such as a field that is typed into. */
  readonly mayTakeFocus?: () => boolean;
  /** The user has come to this terminal. */
  readonly onUsed?: () => void;
  readonly onSettings: (changes: Partial<Settings>) => void;
  /**
   * Whose size it has: that of a session or recording, told by its records, or (nobody is left to tell) the
   * place's own.
   */
  readonly sizedBy: 'records' | 'place';
  /** Why the terminal is smaller or larger than its place. */
  readonly sizeNote?: string;
  /** Shown over the terminal's upper edge. */
  readonly children?: ComponentChildren;
  /** Instead of finding in the terminal alone. */
  readonly findBar?: (bar: FindBarProps) => JSX.Element;
  /** Stands beside the terminal, or under it where that is narrow. */
  readonly beside?: ComponentChildren;
  /** Stands under the terminal; its keys are the terminal's where it has no use for them. */
  readonly foot?: ComponentChildren;
}

const DEFAULT_FONT_PX = 13;
const FONT_RANGE_PX = { least: 8, most: 32 };

export function TerminalFrame(props: TerminalFrameProps): JSX.Element {
  const { settings, isVisible } = props;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<TerminalView | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const [found, setFound] = useState<FindResult>({ kind: 'none' });
  /** How often the find bar was asked for since it was last closed; 0: it is not there. */
  const [findAsked, setFindAsked] = useState(0);
  const [menuPlace, setMenuPlace] = useState<MenuPlace>();
  const [asked, setAsked] = useState<PasteText>();
  const [notice, setNotice] = useState<string>();
  const [edge, setEdge] = useState<Edge>();

  useLayoutEffect(() => {
    const parent = place.current;
    if (!parent) return;
    const controller = new AbortController();
    const { signal } = controller;
    const { label, size, input } = latest.current;
    const made = createTerminal(
      parent,
      {
        label,
        size,
        look: latest.current.settings,
        ...(input ? { input } : {}),
        onResized(next) {
          latest.current.onSized?.(next);
          layOut(made);
        },
        onFound: setFound,
        onKey: (event) => takeKey(event),
      },
      { signal },
    );
    view.current = made;
    listenToPane(
      parent,
      {
        onPaste: offerPaste,
        onMenu: openMenu,
        onUsed: () => latest.current.onUsed?.(),
        onPointerReleased: () => copySelected(made),
      },
      { signal },
    );
    const sizes = new ResizeObserver(() => layOut(made));
    sizes.observe(parent);
    signal.addEventListener('abort', () => sizes.disconnect());
    latest.current.onReady(made, { signal });
    return () => controller.abort(new Error('the terminal was taken away'));
  }, []);

  useEffect(() => {
    if (!view.current) return;
    view.current.setLook(settings);
    layOut(view.current);
  }, [
    settings.fontFamily,
    settings.fontSize,
    settings.scrollback,
    settings.cursorBlink,
    settings.screenReader,
    settings.minimumContrast,
    settings.reduceMotion,
  ]);

  useEffect(() => {
    view.current?.setVisible(isVisible);
    if (view.current) layOut(view.current);
    const { mayTakeFocus = isFocusFree } = latest.current;
    if (isVisible && mayTakeFocus()) view.current?.focus();
  }, [isVisible]);

  useEffect(() => {
    if (view.current) layOut(view.current);
  }, [props.sizedBy]);

  function layOut(made: TerminalView): void {
    const own = latest.current.isVisible ? made.fit() : undefined;
    latest.current.onFit?.(own);
    if (!own) return;
    if (latest.current.sizedBy === 'place') {
      setEdge(undefined);
      // A terminal that is taken away meanwhile needs no size.
      made.screen.resize(own).catch(() => {});
      return;
    }
    const isLarger = made.size.cols > own.cols || made.size.rows > own.rows;
    const isSmaller = made.size.cols < own.cols || made.size.rows < own.rows;
    if (isLarger) made.shrinkToFit();
    setEdge(isLarger || isSmaller ? { ...made.extent(), ...made.size } : undefined);
  }

  function takeKey(event: KeyboardEvent): boolean {
    // Where no shell is left that it would be for, Tab goes on to the next control.
    const hasShell = latest.current.input && latest.current.sizedBy === 'records';
    if (event.key === 'Tab' && !hasShell) return true;
    // Without a shell that it would be for, Ctrl+F finds.
    const plain = latest.current.input ? undefined : plainCommandOf(event);
    const command = plain ?? paneCommandOf(event, latest.current.host);
    if (command === undefined) return false;
    if (command === 'paste' && !latest.current.input) return true;
    if (command === 'page' || command === 'paste') return true;
    event.preventDefault();
    if (event.type === 'keydown') commands[command]();
    return true;
  }

  /** Find, copy and zoom work from the bar under the terminal as well. */
  function takeOutsideKey(event: KeyboardEvent): void {
    const isInField = event.target instanceof HTMLInputElement && event.target.type === 'text';
    if (!event.defaultPrevented && !isInField) takeKey(event);
  }

  /** False: a program that wants the mouse gets it, unless Shift is held. */
  function openMenu(event: MouseEvent): boolean {
    if (view.current?.isMouseTaken && !event.shiftKey) return false;
    if (latest.current.settings.rightClick === 'paste') commands['paste-clipboard']();
    else setMenuPlace({ left: event.clientX, top: event.clientY, bottom: event.clientY });
    return true;
  }

  function copySelected({ selection }: TerminalView): void {
    // Unasked-for copying that is refused needs no words.
    if (latest.current.settings.copyOnSelect && selection !== '') void copyText(selection);
  }

  function offerPaste(clipboard: string): void {
    const paste = preparePaste(clipboard);
    if (!latest.current.input || paste.text === '') return;
    if (latest.current.settings.pasteGuard && paste.runsAtOnce) setAsked(paste);
    else view.current?.paste(paste.text);
  }

  const commands: Readonly<Record<PaneCommand | 'paste-clipboard' | 'find-close', () => void>> = {
    copy: () => void copySelection(),
    'paste-clipboard': () => void pasteClipboard(),
    'select-all': () => view.current?.selectAll(),
    find: () => setFindAsked((times) => times + 1),
    'find-close': () => {
      view.current?.finder.clear();
      setFindAsked(0);
      view.current?.focus();
    },
    'zoom-in': () => zoom(latest.current.settings.fontSize + 1),
    'zoom-out': () => zoom(latest.current.settings.fontSize - 1),
    'zoom-reset': () => zoom(DEFAULT_FONT_PX),
    // These two go on by themselves: to the browser's own paste, and to the page.
    paste: () => {},
    page: () => {},
  };

  async function copySelection(): Promise<void> {
    const selection = view.current?.selection ?? '';
    if (selection === '') return;
    if (await copyText(selection)) announce('Copied.');
    else setNotice('The browser refused to copy.');
  }

  async function pasteClipboard(): Promise<void> {
    const text = await readClipboard();
    if (text === undefined) setNotice('The browser refused to read the clipboard. Paste with the keyboard.');
    else offerPaste(text);
    view.current?.focus();
  }

  function zoom(fontSize: number): void {
    const next = Math.max(FONT_RANGE_PX.least, Math.min(FONT_RANGE_PX.most, fontSize));
    if (next !== latest.current.settings.fontSize) latest.current.onSettings({ fontSize: next });
  }

  function answerPaste(text: string | undefined): void {
    setAsked(undefined);
    if (text !== undefined) view.current?.paste(text);
    view.current?.focus();
  }

  const findBar: FindBarProps = {
    asked: findAsked,
    result: found,
    onFind: (query, which) => view.current?.finder.find(query, which),
    onClose: () => commands['find-close'](),
    initialText: singleLine(view.current?.selection),
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it hears keys for what has the focus inside of it
    <div class="terminal-frame" onKeyDown={takeOutsideKey}>
      <div class="terminal-main">
        <div class={edge ? 'terminal-stage has-edge' : 'terminal-stage'}>
          {edge && <TerminalEdge edge={edge} />}
          <div class="terminal-place" ref={place} />
          {edge && props.sizeNote && (
            <p class="terminal-size secondary numbers">
              {edge.cols}×{edge.rows}, {props.sizeNote}
            </p>
          )}
          <div class="terminal-over">
            {findAsked > 0 && (props.findBar?.(findBar) ?? <FindBar {...findBar} />)}
            {notice && (
              <Notice tone="owed" onDismiss={() => setNotice(undefined)}>
                {notice}
              </Notice>
            )}
            {props.children}
          </div>
        </div>
        {props.beside}
      </div>
      {props.foot}
      {menuPlace && (
        <Menu
          label="Terminal"
          place={menuPlace}
          items={menuItems({
            hasSelection: view.current?.selection !== '',
            canPaste: props.input !== undefined,
            platform: props.host.platform,
            run: (command) => commands[command](),
          })}
          onClose={() => setMenuPlace(undefined)}
        />
      )}
      {asked && <PasteDialog paste={asked} onAnswer={answerPaste} />}
    </div>
  );
}

/** Nothing has it. */
export function isFocusFree(): boolean {
  return document.activeElement === document.body || document.activeElement === null;
}

function singleLine(selection: string | undefined): string {
  return selection && !selection.includes('\n') ? selection : '';
}
