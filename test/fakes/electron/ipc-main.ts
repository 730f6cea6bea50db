import { EventEmitter } from 'node:events';
import type { WebFrameMain } from './frames.ts';
import { nameMissing } from './missing.ts';

/** What comes from pages. */
class IpcMain extends EventEmitter {
  /** For the stand-in only. `senderFrame` is asked anew each time: it is null once the frame has gone on. */
  hear(
    channel: string,
    args: readonly unknown[],
    from: { readonly sender: object; senderFrame(): WebFrameMain | null },
  ): void {
    const event = nameMissing('IpcMainEvent', {
      sender: from.sender,
      get senderFrame() {
        return from.senderFrame();
      },
      ports: [],
    });
    this.emit(channel, event, ...args);
  }
}

export const ipcMain: IpcMain = nameMissing('ipcMain', new IpcMain());
