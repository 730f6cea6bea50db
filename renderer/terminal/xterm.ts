/** One xterm.js terminal in the page, with what every terminal of ours has. Knows no session. */
import { FitAddon } from '@xterm/addon-fit';
import { SerializeAddon } from '@xterm/addon-serialize';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { WebglAddon } from '@xterm/addon-webgl';
import { Terminal } from '@xterm/xterm';
import type { Settings, TerminalSize } from '../../preload/contract.ts';
import { isMotionReduced } from '../ui/motion.ts';
import { createFinder, type Finder, type FindResult } from './finder.ts';
import { createPacedScreen, type Screen } from './paced-screen.ts';
import { createReplyFilter } from './reply-filter.ts';
import { readTerminalFace, readTerminalTheme, watchTheme } from './terminal-theme.ts';

type TerminalLook = Pick<
  Settings,
  | 'fontFamily'
  | 'fontSize'
  | 'scrollback'
  | 'cursorBlink'
  | 'screenReader'
  | 'minimumContrast'
  | 'reduceMotion'
>;

export interface TerminalOptions {
  /** What it is, for screen readers: `Terminal of web-0 / app`. */
  readonly label: string;
  readonly size: TerminalSize;
  readonly look: TerminalLook;
  /** Without it nothing can be typed and no query is answered. */
  readonly input?: TerminalInput;
  readonly onResized: (size: TerminalSize) => void;
  readonly onFound: (result: FindResult) => void;
  /** True: the press is not the terminal's. */
  readonly onKey: (event: KeyboardEvent) => boolean;
}

export interface TerminalInput {
  /** What the user types, pastes and points at. */
  onTyped(bytes: Uint8Array): void;
  /** What the terminal answers to queries by itself. */
  onReply(bytes: Uint8Array): void;
  onBell(): void;
}

export interface TerminalView {
  readonly screen: Screen;
  readonly finder: Finder;
  readonly size: TerminalSize;
  /** Programs may want the mouse for themselves. */
  readonly isMouseTaken: boolean;
  /** How many cells fit at the font size that the user chose; undefined while it is not laid out. */
  fit(): TerminalSize | undefined;
  /** Shows another window's larger size whole, in a smaller face; a smaller one as it is. */
  shrinkToFit(): void;
  /** Width and height of all its cells as they are shown, in CSS pixels. */
  extent(): { readonly width: number; readonly height: number };
  setLook(look: TerminalLook): void;
  /** A hidden terminal gives its graphics context back: a page has only about sixteen. */
  setVisible(isVisible: boolean): void;
  focus(): void;
  readonly hasFocus: boolean;
  readonly selection: string;
  selectAll(): void;
  clearSelection(): void;
  /** As if typed; brackets it where the program asked for that. */
  paste(text: string): void;
  /** Scrollback, screen, cursor and modes as escape sequences. */
  serialize(): string;
}

/** Lives until the signal aborts. */
export function createTerminal(
  parent: HTMLElement,
  options: TerminalOptions,
  { signal }: { signal: AbortSignal },
): TerminalView {
  const terminal = new Terminal({
    ...lookOptions(options.look),
    cols: options.size.cols,
    rows: options.size.rows,
    theme: readTerminalTheme(),
    disableStdin: !options.input,
    // Addons for graphemes and for marking hits are built on proposed parts.
    allowProposedApi: true,
    macOptionClickForcesSelection: true,
    drawBoldTextInBrightColors: false,
    scrollOnUserInput: true,
    linkHandler: { activate: openLink, hover: (_, uri) => hintLink(uri), leave: unhintLink },
  });
  const fitAddon = new FitAddon();
  const serializeAddon = new SerializeAddon();
  terminal.loadAddon(fitAddon);
  terminal.loadAddon(serializeAddon);
  terminal.loadAddon(new UnicodeGraphemesAddon());
  terminal.loadAddon(new WebLinksAddon(openLink, { hover: (_, uri) => hintLink(uri), leave: unhintLink }));
  const finder = createFinder(terminal, options.onFound);
  terminal.open(parent);
  terminal.textarea?.setAttribute('aria-label', options.label);
  if (options.input) terminal.textarea?.setAttribute('aria-description', 'F6 leads out of the terminal');
  terminal.textarea?.setAttribute('data-focus-first', '');
  terminal.attachCustomKeyEventHandler((event) => !options.onKey(event));
  terminal.onResize((size) => options.onResized({ cols: size.cols, rows: size.rows }));
  const graphics = createGraphics(terminal);
  const parsed = options.input && connectInput(terminal, options.input);
  const unwatch = watchTheme(() => {
    terminal.options.theme = readTerminalTheme();
  });
  signal.addEventListener(
    'abort',
    () => {
      unwatch();
      terminal.dispose();
    },
    { once: true },
  );
  let { look } = options;
  let scale = 1;

  /** For faces smaller than any: the mouse does not meet the cells then, but nobody reads them either. */
  function scaleTo(next: number): void {
    if (next === scale || !terminal.element) return;
    scale = next;
    terminal.element.style.transformOrigin = '0 0';
    terminal.element.style.transform = next === 1 ? '' : `scale(${next})`;
  }

  function openLink(event: MouseEvent, uri: string): void {
    // A plain click selects and focuses; a link in output must not be opened by accident.
    if (!event.ctrlKey && !event.metaKey) return;
    if (/^https?:/i.test(uri)) window.open(uri, '_blank', 'noopener,noreferrer');
  }
  /** The address itself: what a program shows for it may say something else. */
  function hintLink(uri: string): void {
    parent.title = `${uri}\n${/Mac/.test(navigator.userAgent) ? 'Cmd' : 'Ctrl'}+click opens it`;
  }
  function unhintLink(): void {
    parent.removeAttribute('title');
  }

  return {
    screen: createPacedScreen(terminal, { signal, ...(parsed ? { onParsed: parsed } : {}) }),
    finder,
    get size() {
      return { cols: terminal.cols, rows: terminal.rows };
    },
    get isMouseTaken() {
      return terminal.modes.mouseTrackingMode !== 'none';
    },
    fit() {
      scaleTo(1);
      if (terminal.options.fontSize !== look.fontSize) terminal.options.fontSize = look.fontSize;
      return fitAddon.proposeDimensions();
    },
    shrinkToFit() {
      let fits = fitAddon.proposeDimensions();
      for (let fontSize = look.fontSize; fits && isSmaller(fits, terminal); fontSize -= 0.5) {
        if (fontSize < SMALLEST_FONT_PX) {
          scaleTo(Math.min(fits.cols / terminal.cols, fits.rows / terminal.rows));
          return;
        }
        terminal.options.fontSize = fontSize;
        fits = fitAddon.proposeDimensions();
      }
    },
    extent() {
      const screen = terminal.element?.querySelector<HTMLElement>('.xterm-screen');
      return { width: (screen?.offsetWidth ?? 0) * scale, height: (screen?.offsetHeight ?? 0) * scale };
    },
    setLook(next) {
      look = next;
      Object.assign(terminal.options, lookOptions(next));
    },
    setVisible: graphics.setVisible,
    focus: () => terminal.focus(),
    get hasFocus() {
      return document.hasFocus() && document.activeElement === terminal.textarea;
    },
    get selection() {
      return terminal.getSelection();
    },
    selectAll: () => terminal.selectAll(),
    clearSelection: () => terminal.clearSelection(),
    paste: (text) => terminal.paste(text),
    serialize: () => serializeAddon.serialize(),
  };
}

/** Faces below this are drawn no smaller by every system. */
const SMALLEST_FONT_PX = 6;

function isSmaller(fits: TerminalSize, shown: TerminalSize): boolean {
  return fits.cols < shown.cols || fits.rows < shown.rows;
}

/** WCAG 2.2: what comes, AA for text, AAA. */
const CONTRAST_RATIOS: Readonly<Record<Settings['minimumContrast'], number>> = {
  none: 1,
  readable: 4.5,
  high: 7,
};

function lookOptions(look: TerminalLook) {
  return {
    fontFamily: look.fontFamily || readTerminalFace(),
    fontSize: look.fontSize,
    scrollback: look.scrollback,
    cursorBlink: look.cursorBlink && !isMotionReduced(look.reduceMotion),
    screenReaderMode: look.screenReader,
    minimumContrastRatio: CONTRAST_RATIOS[look.minimumContrast],
  };
}

/** Returns what must be called when a write has been parsed. */
function connectInput(terminal: Terminal, input: TerminalInput): () => void {
  const encoder = new TextEncoder();
  const filter = createReplyFilter({ onTyped: input.onTyped, onReply: input.onReply });
  terminal.onData((text) => filter.take(encoder.encode(text)));
  // Mouse reports of the oldest kind are bytes and no text.
  terminal.onBinary((text) => filter.take(Uint8Array.from(text, (char) => char.charCodeAt(0))));
  terminal.onBell(() => input.onBell());
  return filter.parsed;
}

/** WebGL while it is seen and as long as it lasts; xterm.js' own DOM renderer otherwise. */
function createGraphics(terminal: Terminal): { setVisible(isVisible: boolean): void } {
  let addon: WebglAddon | undefined;
  let isUsable = true;

  function drop(): void {
    addon?.dispose();
    addon = undefined;
  }

  return {
    setVisible(isVisible) {
      if (!isVisible) return drop();
      if (addon || !isUsable) return;
      try {
        const next = new WebglAddon();
        next.onContextLoss(() => {
          isUsable = false;
          drop();
        });
        terminal.loadAddon(next);
        addon = next;
      } catch {
        // No WebGL on this machine: the DOM renderer stays.
        isUsable = false;
      }
    },
  };
}
