/**
 * What the preload script finds in its isolated world: `require('electron')` with an ipcRenderer, and real ports.
 * The source of `installWorld` is sent to the page, so it stands alone.
 */
import { createValueCodec, type ValueCodec } from './value-codec.ts';

/** From the page's isolated world to the main process. Values are texts of the codec. */
export type WorldMessage =
  | { readonly kind: 'ipc'; readonly channel: string; readonly args: string }
  | { readonly kind: 'port'; readonly port: number; readonly data: string }
  | { readonly kind: 'port-closed'; readonly port: number };

/** And back. */
export type MainMessage =
  | {
      readonly kind: 'ipc';
      readonly channel: string;
      readonly args: string;
      readonly ports: readonly number[];
    }
  | { readonly kind: 'port'; readonly port: number; readonly data: string }
  | { readonly kind: 'port-closed'; readonly port: number };

/** The isolated world, the function that it speaks through, and the one it is spoken to by. */
export const WORLD = 'Electron Isolated Context';
export const SPEAK = 'standInSpeak';
export const HEAR = 'standInHear';

/** The script that is run in the isolated world before any of the page's own. */
export function worldSource(preload: string): string {
  return (
    `(${installWorld})((${createValueCodec}), ${JSON.stringify([SPEAK, HEAR])}, ` +
    `function (require, module, exports) {${preload}\n});`
  );
}

type Preload = (require: (name: string) => unknown, module: { exports: object }, exports: object) => void;
type Heard = (event: object, ...args: unknown[]) => void;

function installWorld(
  newCodec: typeof createValueCodec,
  [speakName, hearName]: string[],
  preload: Preload,
): void {
  // Preload scripts run in a window's own frame only (nodeIntegrationInSubFrames is off).
  if (window.parent !== window) return;
  const world = globalThis as unknown as Record<string, (text: string) => void>;
  const speakText = world[speakName ?? ''];
  const codec: ValueCodec = newCodec({
    encode: (bytes) => (bytes as unknown as { toBase64(): string }).toBase64(),
    decode: (text) => (Uint8Array as unknown as { fromBase64(text: string): Uint8Array }).fromBase64(text),
  });
  const speak = (message: WorldMessage): void => speakText?.(JSON.stringify(message));
  const listeners = new Map<string, Set<Heard>>();
  const ports = new Map<number, MessagePort>();

  function openPort(port: number): MessagePort {
    const { port1, port2 } = new MessageChannel();
    ports.set(port, port1);
    port1.onmessage = ({ data }) => speak({ kind: 'port', port, data: codec.encode(data) });
    port1.addEventListener('close', () => {
      ports.delete(port);
      speak({ kind: 'port-closed', port });
    });
    return port2;
  }

  world[hearName ?? ''] = (text) => {
    const message = JSON.parse(text) as MainMessage;
    if (message.kind === 'port') ports.get(message.port)?.postMessage(codec.decode(message.data));
    else if (message.kind === 'port-closed') {
      ports.get(message.port)?.close();
      ports.delete(message.port);
    } else {
      const event = nameMissingHere('event', { ports: message.ports.map(openPort), sender: ipcRenderer });
      const args = codec.decode(message.args) as unknown[];
      for (const listener of listeners.get(message.channel) ?? []) listener(event, ...args);
    }
  };

  function nameMissingHere<T extends object>(name: string, part: T): T {
    return new Proxy(part, {
      get(target, key) {
        if (key in target || typeof key === 'symbol') return Reflect.get(target, key);
        throw new Error(`the stand-in for Electron has no ${name}.${key} in a preload script`);
      },
    });
  }

  const ipcRenderer: object = nameMissingHere('ipcRenderer', {
    send: (channel: string, ...args: unknown[]) => speak({ kind: 'ipc', channel, args: codec.encode(args) }),
    once(channel: string, listener: Heard) {
      const known = listeners.get(channel) ?? new Set();
      listeners.set(channel, known);
      known.add(function hear(...heard: Parameters<Heard>) {
        known.delete(hear);
        listener(...heard);
      });
      return ipcRenderer;
    },
  });

  const module = { exports: {} };
  preload(
    (name) => {
      if (name === 'electron') return nameMissingHere('electron', { ipcRenderer });
      throw new Error(`module not found: ${name}`);
    },
    module,
    module.exports,
  );
}
