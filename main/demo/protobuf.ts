/**
 * The little of Kubernetes' binary encoding that clients send to review endpoints: kubectl encodes the bodies of
 * built-in types so, and has no second try in JSON.
 */

/** A message's length-delimited fields by number, the last of each; numbers and fixed fields are passed over. */
export type ProtobufFields = ReadonlyMap<number, Uint8Array>;

export const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

/** Before every object (apimachinery, runtime/serializer/protobuf). */
const MAGIC = [0x6b, 0x38, 0x73, 0x00];
/** In the envelope (runtime.Unknown): the object's own encoding. */
const RAW_FIELD = 2;

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/** Opens the envelope and reads the object in it. Throws a `RangeError` for what is none. */
export function readEnvelope(body: Uint8Array): ProtobufFields {
  if (MAGIC.some((byte, index) => body[index] !== byte))
    throw new RangeError('no protobuf object of Kubernetes');
  return readFields(readFields(body.subarray(MAGIC.length)).get(RAW_FIELD));
}

/** Throws a `RangeError` for bytes that are no message. An absent message has no fields. */
export function readFields(message: Uint8Array | undefined): ProtobufFields {
  const fields = new Map<number, Uint8Array>();
  if (!message) return fields;
  let offset = 0;

  function readVarint(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 50; factor *= 128) {
      const byte = message?.[offset];
      if (byte === undefined) break;
      offset += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number in the message is cut or too long');
  }

  function take(bytes: number): Uint8Array {
    const part = message?.subarray(offset, offset + bytes) ?? new Uint8Array();
    if (part.length < bytes) throw new RangeError('a field of the message is cut');
    offset += bytes;
    return part;
  }

  while (offset < message.length) {
    const tag = readVarint();
    switch (tag % 8) {
      case VARINT:
        readVarint();
        break;
      case FIXED_64:
        take(8);
        break;
      case LENGTH_DELIMITED:
        fields.set(Math.floor(tag / 8), take(readVarint()));
        break;
      case FIXED_32:
        take(4);
        break;
      default:
        throw new RangeError(`the message has a field of the unknown type ${tag % 8}`);
    }
  }
  return fields;
}

export function readText(fields: ProtobufFields, field: number): string {
  return new TextDecoder().decode(fields.get(field));
}
