/**
 * Values between main process and page, as text. Structured cloning knows more (cycles, maps, errors); what is not
 * here is refused as what cannot be cloned is. Runs on both sides: its source is sent to the page, so it stands alone.
 */
export interface ValueCodec {
  encode(value: unknown): string;
  decode(text: string): unknown;
}

export interface Base64 {
  encode(bytes: Uint8Array): string;
  decode(text: string): Uint8Array;
}

export function createValueCodec(base64: Base64): ValueCodec {
  type Tagged = readonly [tag: string, value?: unknown];

  function toTagged(value: unknown): Tagged {
    if (value === undefined) return ['undefined'];
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return ['plain', value];
    if (typeof value === 'number') return ['number', String(value)];
    if (typeof value === 'bigint') return ['bigint', String(value)];
    if (value instanceof Date) return ['date', value.getTime()];
    if (value instanceof ArrayBuffer) return ['buffer', base64.encode(new Uint8Array(value))];
    if (value instanceof Uint8Array) return ['bytes', base64.encode(value)];
    if (Array.isArray(value)) return ['list', value.map(toTagged)];
    if (
      typeof value === 'object' &&
      (Object.getPrototypeOf(value)?.constructor?.name ?? 'Object') === 'Object'
    ) {
      return ['object', Object.entries(value).map(([key, item]) => [key, toTagged(item)])];
    }
    throw new DOMException('An object could not be cloned.', 'DataCloneError');
  }

  function fromTagged([tag, value]: Tagged): unknown {
    switch (tag) {
      case 'plain':
        return value;
      case 'number':
        return Number(value);
      case 'bigint':
        return BigInt(value as string);
      case 'date':
        return new Date(value as number);
      case 'buffer':
        return base64.decode(value as string).buffer;
      case 'bytes':
        return base64.decode(value as string);
      case 'list':
        return (value as Tagged[]).map(fromTagged);
      case 'object':
        return Object.fromEntries(
          (value as [string, Tagged][]).map(([key, item]) => [key, fromTagged(item)]),
        );
      default:
        return undefined;
    }
  }

  return {
    encode: (value) => JSON.stringify(toTagged(value)),
    decode: (text) => fromTagged(JSON.parse(text) as Tagged),
  };
}

export const mainCodec: ValueCodec = createValueCodec({
  encode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
  decode: (text) => new Uint8Array(Buffer.from(text, 'base64')),
});
