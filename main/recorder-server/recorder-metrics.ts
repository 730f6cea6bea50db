/** What the recorder counts, in Prometheus' text format. */
export interface RecorderMetrics {
  readonly contentType: string;
  /** As it is now. */
  print(): Promise<string>;
  received(bytes: number): void;
  delivered(protocol: 'v1' | 'v2', outcome: string): void;
  refused(code: string): void;
  eventStored(): void;
}

export async function createRecorderMetrics(now: {
  openDeliveries(): number;
  connections(): number;
  freeBytes(): Promise<number | undefined>;
}): Promise<RecorderMetrics> {
  // No other command has any use for it. In a bundle it has no names of its own.
  const { Counter, Gauge, Registry } = (await import('prom-client')).default;
  const registry = new Registry();
  const registers = [registry];
  const receivedBytes = new Counter({
    name: 'kubereel_recorder_received_bytes_total',
    help: 'Bytes of recordings that clients have sent.',
    registers,
  });
  const deliveries = new Counter({
    name: 'kubereel_recorder_deliveries_total',
    help: 'Deliveries that have ended, by protocol and by how: new, same, another, or why one was taken no further.',
    labelNames: ['protocol', 'outcome'],
    registers,
  });
  const refusals = new Counter({
    name: 'kubereel_recorder_refused_requests_total',
    help: 'Requests that were refused before anything was taken, by code.',
    labelNames: ['code'],
    registers,
  });
  const events = new Counter({
    name: 'kubereel_recorder_events_total',
    help: 'API-request events that were stored.',
    registers,
  });
  new Gauge({
    name: 'kubereel_recorder_open_deliveries',
    help: 'Recordings that are coming in.',
    registers,
    collect() {
      this.set(now.openDeliveries());
    },
  });
  new Gauge({
    name: 'kubereel_recorder_connections',
    help: 'Connections that are open.',
    registers,
    collect() {
      this.set(now.connections());
    },
  });
  new Gauge({
    name: 'kubereel_recorder_free_bytes',
    help: "Free bytes on the recorder's disk; not there for a bucket.",
    registers,
    async collect() {
      const free = await now.freeBytes().catch(() => undefined);
      if (free === undefined) this.remove();
      else this.set(free);
    },
  });
  return {
    contentType: registry.contentType,
    print: () => registry.metrics(),
    received: (bytes) => receivedBytes.inc(bytes),
    delivered: (protocol, outcome) => deliveries.inc({ protocol, outcome }),
    refused: (code) => refusals.inc({ code }),
    eventStored: () => events.inc(),
  };
}
