import {
  type Alias,
  Composer,
  type Document,
  isAlias,
  isCollection,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  Parser,
  type Scalar,
  visit,
  type YAMLParseError,
} from 'yaml';
import { parsePlainScalar, parseTaggedScalar } from './kubectl-scalar.ts';
import { YamlMistake, type YamlPosition } from './yaml-mistake.ts';

/** A document's value in JSON's terms, and where each part of it stands. */
export interface YamlValue {
  readonly value: unknown;
  /** Of the value at these keys, or of the nearest one around it that is there. */
  positionOf(keys: readonly (string | number)[]): YamlPosition | undefined;
}

/** A small file may not grow without limit by aliases of aliases; an extension goes to plugins as JSON text. */
const MAX_ALIASED_VALUES = 100_000;
const MAX_DEPTH = 1_000;
const MERGE_KEY = '<<';

/** All but a tab, the line ends and what prints (yaml.v2, readerc.go). */
const FORBIDDEN = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/**
 * The first document of a file as kubectl reads it (sigs.k8s.io/yaml over yaml.v2): YAML 1.1's scalars but no
 * times and no base-60 numbers, merge keys in the order of the text, the last of duplicate keys. The syntax is
 * the library's; what a value means is decided here, since the library's own 1.1 schema differs. Throws
 * `YamlMistake`, which never quotes a value: it may be a token.
 */
export function parseKubectlYaml(bytes: Uint8Array): YamlValue {
  const lines = new LineCounter();
  const text = decodeText(bytes, lines);
  const document = composeFirst(text, lines);
  if (!document) return { value: null, positionOf: () => undefined };
  const offsets = new WeakMap<object, Map<string | number, number>>();
  const value = createConverter(document, lines, offsets)(document.contents, 0);
  return {
    value,
    positionOf(keys) {
      let [at, container] = [document.contents?.range[0], value];
      for (const key of keys) {
        if (typeof container !== 'object' || container === null) break;
        const offset = offsets.get(container)?.get(key);
        if (offset === undefined) break;
        [at, container] = [offset, (container as Record<string | number, unknown>)[key]];
      }
      return at === undefined ? undefined : positionAt(lines, at);
    },
  };
}

/** UTF-8, or UTF-16 where a byte order mark says so: PowerShell's `>` writes that. */
function decodeText(bytes: Uint8Array, lines: LineCounter): string {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : undefined;
  const encoding = bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : (isWide ?? 'utf-8');
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes).replace(/\r\n?|\x85/g, '\n');
  } catch {
    throw new YamlMistake(`it is not ${encoding.toUpperCase()} text`);
  }
  const forbidden = FORBIDDEN.exec(text);
  if (!forbidden) return text;
  lines.addNewLine(0);
  for (const { index } of text.slice(0, forbidden.index).matchAll(/\n/g)) lines.addNewLine(index + 1);
  throw new YamlMistake('control characters are not allowed', positionAt(lines, forbidden.index));
}

function composeFirst(text: string, lines: LineCounter): Document.Parsed | undefined {
  const composer = new Composer({ version: '1.1', schema: 'failsafe', uniqueKeys: false, strict: false });
  const tokens = new Parser(lines.addNewLine).parse(text);
  const document = composer.compose(tokens, true, text.length).next().value ?? undefined;
  const mistake = document?.errors.find((one) => !isAfterFlow(document, one));
  if (mistake) {
    if (mistake.code === 'RESOURCE_EXHAUSTION') throw new YamlMistake('it is nested too deeply');
    const what = mistake.code.toLowerCase().replaceAll('_', ' ');
    throw new YamlMistake(`it is not valid YAML (${what})`, positionAt(lines, mistake.pos[0]));
  }
  const { explicit, version } = document?.directives.yaml ?? {};
  if (explicit && version !== '1.1') throw new YamlMistake('found incompatible YAML document');
  return document;
}

/** After a whole `{…}` or `[…]` kubectl reads no further: several JSON texts in one file are the first one. */
function isAfterFlow({ contents }: Document.Parsed, { code, pos }: YAMLParseError): boolean {
  return (
    isCollection(contents) &&
    contents.flow === true &&
    code === 'UNEXPECTED_TOKEN' &&
    pos[0] >= contents.range[1]
  );
}

/** Each node is converted once; an alias is the same value again, counted with all that hangs on it. */
function createConverter(
  document: Document.Parsed,
  lines: LineCounter,
  offsets: WeakMap<object, Map<string | number, number>>,
): (node: ParsedNode | null, depth: number) => unknown {
  const targets = bindAliases(document);
  const done = new Map<ParsedNode, { readonly value: unknown; readonly size: number }>();
  const underWay = new Set<ParsedNode>();
  let size = 0;
  let aliased = 0;

  function fail(reason: string, node: ParsedNode): YamlMistake {
    return new YamlMistake(reason, positionAt(lines, node.range[0]));
  }

  function convert(node: ParsedNode | null, depth: number): unknown {
    if (!node) return null;
    if (isAlias(node)) return followAlias(node, depth);
    if (underWay.has(node)) throw fail(`anchor '${node.anchor}' value contains itself`, node);
    if (depth > MAX_DEPTH) throw fail('it is nested too deeply', node);
    const before = size;
    size += 1;
    underWay.add(node);
    const value = convertNode(node, depth);
    underWay.delete(node);
    if (node.anchor) done.set(node, { value, size: size - before });
    return value;
  }

  function followAlias(alias: Alias.Parsed, depth: number): unknown {
    const target = targets.get(alias);
    if (!target) throw fail(`unknown anchor '${alias.source}' referenced`, alias);
    const known = done.get(target);
    if (!known) return convert(target, depth);
    size += known.size;
    aliased += known.size;
    if (aliased > MAX_ALIASED_VALUES) throw fail('document contains excessive aliasing', alias);
    return known.value;
  }

  function convertNode(node: Exclude<ParsedNode, Alias.Parsed>, depth: number): unknown {
    if (isScalar(node)) return convertScalar(node);
    const places = new Map<string | number, number>();
    if (isSeq(node)) {
      const list = node.items.map((item, index) => {
        places.set(index, item.range[0]);
        return convert(item, depth + 1);
      });
      offsets.set(list, places);
      return list;
    }
    const fields = new Map<string, unknown>();
    for (const { key, value } of node.items) {
      if (isScalar(key) && key.type === 'PLAIN' && key.source === MERGE_KEY) {
        for (const [name, merged, place] of mergedFields(value ?? key, depth)) {
          fields.set(name, merged);
          places.set(name, place);
        }
      } else {
        const name = toKey(convert(key, depth + 1), key);
        fields.set(name, convert(value, depth + 1));
        places.set(name, (value ?? key).range[0]);
      }
    }
    const object = Object.fromEntries(fields);
    offsets.set(object, places);
    return object;
  }

  /** Of several maps the first wins, hence from the last to the first (yaml.v2, decode.go). */
  function mergedFields(node: ParsedNode, depth: number): [string, unknown, number][] {
    const source = isAlias(node) ? targets.get(node) : node;
    const value = convert(node, depth + 1);
    const maps = isSeq(source) ? (value as unknown[]).toReversed() : [value];
    return maps.flatMap((map) => {
      if (typeof map !== 'object' || map === null || Array.isArray(map)) {
        throw fail('map merge requires map or sequence of maps as the value', node);
      }
      const places = offsets.get(map);
      return Object.entries(map).map(([name, merged]): [string, unknown, number] => [
        name,
        merged,
        places?.get(name) ?? node.range[0],
      ]);
    });
  }

  function convertScalar(node: Scalar.Parsed): unknown {
    const { source } = node;
    try {
      if (node.tag) return parseTaggedScalar(node.tag, source);
      return node.type === 'PLAIN' ? parsePlainScalar(source) : source;
    } catch (error) {
      throw error instanceof YamlMistake ? fail(error.message, node) : error;
    }
  }

  function toKey(key: unknown, node: ParsedNode): string {
    if (typeof key === 'object') throw fail('invalid map key', node);
    return String(key);
  }

  return convert;
}

/** An alias means the last anchor of its name before it in the text. */
function bindAliases(document: Document.Parsed): ReadonlyMap<Alias.Parsed, ParsedNode> {
  const anchors = new Map<string, ParsedNode>();
  const targets = new Map<Alias.Parsed, ParsedNode>();
  visit(document, {
    Node(_key, node) {
      const parsed = node as ParsedNode;
      if (isAlias(parsed)) {
        const target = anchors.get(parsed.source);
        if (target) targets.set(parsed, target);
      } else if (parsed.anchor) {
        anchors.set(parsed.anchor, parsed);
      }
    },
  });
  return targets;
}

function positionAt(lines: LineCounter, offset: number): YamlPosition {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}
