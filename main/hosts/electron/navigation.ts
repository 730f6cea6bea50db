import type { WebContents } from 'electron';
import { isExternalAddress } from './addresses.ts';

/** What of a window's contents is used. */
export type GuardedContents = Pick<WebContents, 'on' | 'setWindowOpenHandler'>;

/**
 * Whatever is shown stays what it is: it goes nowhere, opens no window and embeds nothing. Links to the web and to
 * people are the system's.
 */
export function keepInPlace(
  needs: { openExternal(address: string): Promise<void> },
  contents: GuardedContents,
): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    // The page asks; a person clicked. What the system does with the address is its own.
    // It is handed on as it was parsed, so that nobody reads another address in it.
    if (isExternalAddress(url)) needs.openExternal(new URL(url).href).catch(() => {});
    return { action: 'deny' };
  });
}
