/**
 * What xterm.js 6.0.0 keeps to itself and a snapshot needs: saved cursors, scroll regions, character sets, and
 * whether its parser stands between two sequences. The version is pinned; tests fail where another names them otherwise.
 */
import type { IBufferLine, Terminal } from '@xterm/headless';

/** Colours and flags of text, as xterm.js packs them (src/common/buffer/Constants.ts, 6.0.0). */
export interface Pen {
  readonly fg: number;
  readonly bg: number;
  readonly extended: { readonly _ext: number; readonly _urlId: number };
}

/** Characters that letters stand for, by letter; undefined is ASCII. */
export type Charset = object | undefined;

export interface BufferInternals {
  readonly x: number;
  readonly y: number;
  readonly ybase: number;
  readonly scrollTop: number;
  readonly scrollBottom: number;
  /** Keys are columns. */
  readonly tabs: Readonly<Record<string, boolean | undefined>>;
  readonly savedX: number;
  /** Counted with the scrollback. */
  readonly savedY: number;
  readonly savedCurAttrData: Pen;
  readonly savedCharset: Charset;
}

export interface TerminalInternals {
  readonly buffers: { readonly normal: BufferInternals; readonly alt: BufferInternals };
  readonly coreService: {
    readonly isCursorHidden: boolean;
    readonly decPrivateModes: {
      readonly cursorStyle?: 'block' | 'underline' | 'bar';
      readonly cursorBlink?: boolean;
      readonly synchronizedOutput: boolean;
    };
  };
  readonly coreMouseService: { readonly activeEncoding: 'DEFAULT' | 'SGR' | 'SGR_PIXELS' };
  readonly _oscLinkService: {
    getLinkData(urlId: number): { readonly id?: string; readonly uri: string } | undefined;
  };
  readonly _inputHandler: {
    readonly _curAttrData: Pen;
    readonly _charsetService: {
      readonly glevel: number;
      readonly charset: Charset;
      readonly _charsets: readonly Charset[];
    };
    /** State 0: between two sequences. The join state is not 0 where the next character may join the last. */
    readonly _parser: { readonly currentState: number; readonly precedingJoinState: number };
  };
}

/** Of a row: for each cell its character, its foreground and its background (src/common/buffer/BufferLine.ts, 6.0.0). */
export function cellDataOf(line: IBufferLine): Uint32Array {
  return (line as unknown as { readonly _line: { readonly _data: Uint32Array } })._line._data;
}

export function internalsOf(terminal: Terminal): TerminalInternals {
  return (terminal as unknown as { readonly _core: TerminalInternals })._core;
}
