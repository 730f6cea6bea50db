import type { IpcMain, MessageChannelMain, WebContents } from 'electron';
import { PORT_MESSAGE } from '../../../preload/handshake.ts';
import type { Wire } from '../../../preload/wire.ts';
import type { Log } from '../../base/log.ts';
import { isPageAddress } from './addresses.ts';
import { createPortWire } from './port-wire.ts';

/** What of Electron is used. */
export interface PortDoorNeeds {
  readonly log: Log;
  readonly ipcMain: Pick<IpcMain, 'on'>;
  createChannel(): MessageChannelMain;
}

/** Stands in the log when a window's page has come up. */
export const PORT_GIVEN = 'port given';

/** Gives the page its port to the core when it asks for it, once a document; to whom else asks, nothing. */
export function openPortDoor(
  { log, ipcMain, createChannel }: PortDoorNeeds,
  serve: (wire: Wire, sender: WebContents) => void,
): void {
  const served = new WeakSet<WebContents>();
  ipcMain.on(PORT_MESSAGE, ({ senderFrame, sender }) => {
    // Null once the frame has navigated away. Only the page itself, in a window's own frame, may ask.
    if (!senderFrame || senderFrame.parent || !isPageAddress(senderFrame.url) || served.has(sender)) {
      log.warn({ frame: senderFrame?.url }, 'port refused');
      return;
    }
    served.add(sender);
    // Reloaded, it is another document, whose ports are gone.
    sender.once('did-navigate', () => served.delete(sender));
    const { port1, port2 } = createChannel();
    log.info({}, PORT_GIVEN);
    serve(createPortWire(port1), sender);
    sender.postMessage(PORT_MESSAGE, null, [port2]);
  });
}
