import { YamlMistake } from './yaml-mistake.ts';

const TAG = 'tag:yaml.org,2002:';

const NULL = /^(?:~|null|Null|NULL)?$/;
const TRUE = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const NOT_JSON = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
/** Go's `strconv.ParseInt` with base 0, after yaml.v2 has taken the underscores out. */
const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)$/;
/** The bits behind it yaml.v2 hands on by themselves, and they may have a sign. */
const SIGN_BEHIND_PREFIX = /^0b([-+])(?=[01]+$)/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const UNDERSCORE_BETWEEN_DIGITS = /(?<=[0-9])_(?=[0-9])/g;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What a scalar without quotes and tag means (yaml.v2, resolve.go). Times and base-60 numbers stay texts. */
export function parsePlainScalar(source: string): string | number | boolean | null {
  if (NULL.test(source)) return null;
  if (TRUE.test(source)) return true;
  if (FALSE.test(source)) return false;
  // JSON, through which kubectl passes each file, has no such numbers.
  if (NOT_JSON.test(source)) throw new YamlMistake('unsupported value: neither infinity nor NaN can be used');
  return parseNumber(source) ?? source;
}

export function parseTaggedScalar(tag: string, source: string): string | number | boolean | null {
  if (!tag.startsWith(TAG)) return source;
  const kind = tag.slice(TAG.length);
  if (kind === 'binary') return decodeBinary(source);
  const expected = { null: 'null', bool: 'boolean', int: 'number', float: 'number' }[kind];
  if (expected === undefined) return source;
  const value = parsePlainScalar(source);
  if ((value === null ? 'null' : typeof value) === expected) return value;
  throw new YamlMistake(`its text cannot be decoded as a !!${kind}`);
}

/** The bytes that the text stands for, or where it is not base64 undefined. Line ends within do not count, as in Go. */
export function decodeBase64(text: string): Buffer | undefined {
  const plain = text.replace(/[\r\n]/g, '');
  return BASE64.test(plain) ? Buffer.from(plain, 'base64') : undefined;
}

function decodeBinary(source: string): string {
  const bytes = decodeBase64(source.replace(/[ \t]/g, ''));
  if (!bytes) throw new YamlMistake('!!binary value contains invalid base64 data');
  return bytes.toString('utf8');
}

function parseNumber(source: string): number | undefined {
  // Here they are left to Go, which takes them between digits alone.
  if (source.startsWith('.')) return parseFloat64(source.replace(UNDERSCORE_BETWEEN_DIGITS, ''));
  if (!/^[-+0-9]/.test(source)) return undefined;
  const plain = source.replaceAll('_', '');
  const [, sign, digits = ''] = INTEGER.exec(plain.replace(SIGN_BEHIND_PREFIX, '$10b')) ?? [];
  if (sign !== undefined) {
    const size = BigInt(digits.replace(/^0(?=[0-7])/, '0o'));
    // `ParseUint`, which is tried second, takes no sign.
    const fits = sign === '-' ? size <= 1n << 63n : size < 1n << (sign === '+' ? 63n : 64n);
    if (fits) return Number(sign === '-' ? -size : size);
  }
  return parseFloat64(plain);
}

/** Go's `strconv.ParseFloat` refuses what is too large, and yaml.v2 takes that for a text. */
function parseFloat64(text: string): number | undefined {
  const value = FLOAT.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}
