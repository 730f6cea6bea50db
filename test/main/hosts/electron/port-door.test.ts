import { EventEmitter } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import type { MessageChannelMain } from 'electron';
import pino from 'pino';
import { expect, test } from 'vitest';
import { openPortDoor, type PortDoorNeeds } from '../../../../main/hosts/electron/port-door.ts';
import { PORT_MESSAGE } from '../../../../preload/handshake.ts';
import { toMainPort } from '../../../fakes/wires.ts';

function openDoor() {
  const ipcMain = new EventEmitter();
  const channels: MessageChannel[] = [];
  let served = 0;
  const sent: unknown[][] = [];
  const sender = Object.assign(new EventEmitter(), {
    postMessage: (...message: unknown[]) => void sent.push(message),
  });
  openPortDoor(
    {
      log: pino({ enabled: false }),
      ipcMain: ipcMain as unknown as PortDoorNeeds['ipcMain'],
      createChannel() {
        const channel = new MessageChannel();
        channels.push(channel);
        const port1 = toMainPort(channel.port1);
        return { port1, port2: channel.port2 } as unknown as MessageChannelMain;
      },
    },
    () => {
      served += 1;
    },
  );
  return {
    /** How many wires are served, and ports sent, once this frame has asked. */
    ask(senderFrame: { readonly url: string; readonly parent: unknown } | null) {
      ipcMain.emit(PORT_MESSAGE, { senderFrame, sender });
      for (const { port1 } of channels.splice(0)) port1.close();
      return { served, sent: sent.length };
    },
    sent,
    reload: () => sender.emit('did-navigate'),
  };
}

test('the page in a window’s own frame gets one end of a channel, the core the other', () => {
  const door = openDoor();
  expect(door.ask({ url: 'app://kubereel/#x', parent: null })).toEqual({ served: 1, sent: 1 });
  expect(door.sent[0]?.slice(0, 2)).toEqual([PORT_MESSAGE, null]);
  expect(door.sent[0]?.[2]).toHaveLength(1);
});

test('one document gets one port; reloaded, it gets another', () => {
  const door = openDoor();
  const page = { url: 'app://kubereel/', parent: null };
  door.ask(page);
  expect(door.ask(page)).toEqual({ served: 1, sent: 1 });
  door.reload();
  expect(door.ask(page)).toEqual({ served: 2, sent: 2 });
});

test.each([
  ['a frame that has navigated away', null],
  ['a frame within the page', { url: 'app://kubereel/', parent: {} }],
  ['another origin', { url: 'https://kubereel/', parent: null }],
  ['another host of our scheme', { url: 'app://evil/', parent: null }],
])('%s gets nothing', (_who, frame) => {
  expect(openDoor().ask(frame)).toEqual({ served: 0, sent: 0 });
});
