/**
 * What is used of the package `@xterm/addon-unicode-graphemes`. Its own types are those of a terminal in a page, and
 * would bring the DOM into the core.
 */
import type { ITerminalAddon, Terminal } from '@xterm/headless';

export declare class UnicodeGraphemesAddon implements ITerminalAddon {
  activate(terminal: Terminal): void;
  dispose(): void;
}
