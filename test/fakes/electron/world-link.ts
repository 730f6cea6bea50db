/** Between a page's isolated world and the main process: messages of ipcRenderer, and ports. */
import type { PageTarget } from './engine.ts';
import { MessagePortMain, type PortEnd } from './message-channel.ts';
import { HEAR, type MainMessage, SPEAK, WORLD, type WorldMessage, worldSource } from './page-world.ts';
import { mainCodec } from './value-codec.ts';

export interface WorldLinkEvents {
  /** A message of ipcRenderer. `isCurrent` says whether the document that sent it is still there. */
  heard(channel: string, args: readonly unknown[], from: { frameId: string; isCurrent(): boolean }): void;
}

export interface WorldLink {
  /** The preload script is there for the first document. */
  readonly installed: Promise<unknown>;
  post(channel: string, args: readonly unknown[], transfer?: readonly unknown[]): void;
  /** The document is gone, and its ports. */
  lose(): void;
}

let lastPort = 0;

/** Before the target runs. `preload` is the text of the preload script; without one, nothing is heard. */
export function linkWorld(
  { session, targetId }: PageTarget,
  preload: string | undefined,
  events: WorldLinkEvents,
): WorldLink {
  const contexts = new Map<number, string>();
  const ports = new Map<number, { readonly contextId: number; other: PortEnd | undefined }>();

  session.on('Runtime.executionContextCreated', ({ context: { id, name, auxData } }) => {
    if (name === WORLD) contexts.set(id, (auxData as { frameId: string }).frameId);
  });
  session.on('Runtime.executionContextDestroyed', ({ executionContextId }) => forget(executionContextId));
  session.on('Runtime.executionContextsCleared', lose);
  session.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
    if (name === SPEAK) hear(JSON.parse(payload) as WorldMessage, executionContextId);
  });
  const installed =
    preload === undefined
      ? Promise.resolve()
      : Promise.all([
          session.send('Runtime.addBinding', { name: SPEAK, executionContextName: WORLD }),
          session.send('Page.addScriptToEvaluateOnNewDocument', {
            source: worldSource(preload),
            worldName: WORLD,
          }),
        ]);

  function hear(message: WorldMessage, contextId: number): void {
    if (message.kind === 'ipc') {
      const frameId = contexts.get(contextId) ?? '';
      const args = mainCodec.decode(message.args) as unknown[];
      events.heard(message.channel, args, { frameId, isCurrent: () => contexts.has(contextId) });
      return;
    }
    const port = ports.get(message.port);
    if (message.kind === 'port') port?.other?.receive(mainCodec.decode(message.data));
    else {
      ports.delete(message.port);
      port?.other?.lose();
    }
  }

  function tell(contextId: number, message: MainMessage): void {
    session
      .send('Runtime.callFunctionOn', {
        executionContextId: contextId,
        functionDeclaration: `function (text) { globalThis.${HEAR}?.(text); }`,
        arguments: [{ value: JSON.stringify(message) }],
      })
      // The document has gone meanwhile, and with it whoever would have listened.
      .catch(() => {});
  }

  function hand(contextId: number, port: MessagePortMain): number {
    const id = ++lastPort;
    const other = port.transfer({
      receive: (data) => tell(contextId, { kind: 'port', port: id, data: mainCodec.encode(data) }),
      lose() {
        if (ports.delete(id)) tell(contextId, { kind: 'port-closed', port: id });
      },
    });
    ports.set(id, { contextId, other });
    return id;
  }

  function forget(contextId: number): void {
    contexts.delete(contextId);
    for (const [id, { other }] of [...ports].filter(([, port]) => port.contextId === contextId)) {
      ports.delete(id);
      other?.lose();
    }
  }

  function lose(): void {
    for (const contextId of [...contexts.keys()]) forget(contextId);
  }

  return {
    installed,
    post(channel, args, transfer = []) {
      const encoded = mainCodec.encode(args);
      // A window's own frame has the name of its target.
      const contextId = [...contexts].findLast(([, frameId]) => frameId === targetId)?.[0];
      for (const [index, port] of transfer.entries()) {
        if (!(port instanceof MessagePortMain))
          throw new TypeError(`Port at index ${index} is not a valid port`);
      }
      if (contextId === undefined) {
        for (const port of transfer as MessagePortMain[]) port.close();
        return;
      }
      const handed = (transfer as MessagePortMain[]).map((port) => hand(contextId, port));
      tell(contextId, { kind: 'ipc', channel, args: encoded, ports: handed });
    },
    lose,
  };
}
