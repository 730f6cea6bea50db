/** MessageChannelMain: ports within the main process, one end of which may be handed to a page. */
import { EventEmitter } from 'node:events';
import { nameMissing } from './missing.ts';

/** The other side of a port: a port here, or one in a page. */
export interface PortEnd {
  receive(data: unknown): void;
  /** The other side has closed. */
  lose(): void;
}

/** Only this can be transferred; an ArrayBuffer would arrive empty (electron issues 34905, 37157). */
export class MessagePortMain extends EventEmitter implements PortEnd {
  private other: PortEnd | undefined;
  private readonly waiting: unknown[] = [];
  private hasStarted = false;
  private isClosed = false;
  private isTransferred = false;

  /** For the channel and the page's side only. */
  entangle(other: PortEnd | undefined): void {
    this.other = other;
  }

  postMessage(data: unknown, transfer: readonly unknown[] = []): void {
    if (transfer.length > 0) throw new TypeError('the stand-in for Electron transfers no ports over ports');
    const copy: unknown = structuredClone(data);
    if (!this.isClosed) this.other?.receive(copy);
  }

  start(): void {
    this.hasStarted = true;
    for (const data of this.waiting.splice(0)) this.deliver(data);
  }

  close(): void {
    const { other } = this;
    this.lose();
    other?.lose();
  }

  receive(data: unknown): void {
    if (this.isClosed) return;
    if (this.hasStarted) this.deliver(data);
    else this.waiting.push(data);
  }

  lose(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.other = undefined;
    setImmediate(() => this.emit('close'));
  }

  /** Gives up this side to `page`, with all that came for it, and names what it was connected to. */
  transfer(page: PortEnd): PortEnd | undefined {
    if (this.isTransferred || this.isClosed) throw new TypeError('Port at index 0 is already neutered');
    this.isTransferred = true;
    const { other } = this;
    if (other instanceof MessagePortMain) other.entangle(page);
    for (const data of this.waiting.splice(0)) page.receive(data);
    this.other = undefined;
    return other;
  }

  private deliver(data: unknown): void {
    setImmediate(() => this.emit('message', nameMissing('MessageEvent', { data, ports: [] })));
  }
}

export class MessageChannelMain {
  readonly port1: MessagePortMain = new MessagePortMain();
  readonly port2: MessagePortMain = new MessagePortMain();

  constructor() {
    this.port1.entangle(this.port2);
    this.port2.entangle(this.port1);
  }
}
