// covers: main/kube/kubectl-scalar.ts
// covers: main/kube/yaml-mistake.ts
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseKubectlYaml } from '../../../main/kube/kubectl-yaml.ts';
import type { YamlMistake } from '../../../main/kube/yaml-mistake.ts';

function parse(...lines: string[]): unknown {
  return parseKubectlYaml(Buffer.from(lines.join('\n'))).value;
}

function mistakeOf(bytes: string | Uint8Array): YamlMistake {
  try {
    parseKubectlYaml(Buffer.from(bytes));
  } catch (error) {
    return error as YamlMistake;
  }
  throw new Error('it was taken');
}

test.each([
  ['', null],
  ['~', null],
  ['NULL', null],
  ['nUll', 'nUll'],
  ['y', true],
  ['Off', false],
  ['oN', 'oN'],
  ['123', 123],
  ['0777', 511],
  ['0o17', 15],
  ['08', 8],
  ['-0x1F', -31],
  ['0_x1', 1],
  ['0b11', 3],
  ['.0_1', 0.01],
  ['.1e1_0', 1e9],
  ['.1__0', '.1__0'],
  ['.1_', '.1_'],
  ['0b-1', -1],
  ['0b_+1', 1],
  ['-0b-1', '-0b-1'],
  ['0B-1', '0B-1'],
  ['0o-7', '0o-7'],
  ['+0xffffffffffffffff', '+0xffffffffffffffff'],
  ['0b12', '0b12'],
  ['0xg', '0xg'],
  ['0xfffffffffffffffffff', '0xfffffffffffffffffff'],
  ['99999999999999999999', 1e20],
  ['1_000', 1000],
  ['_1', '_1'],
  ['+.5', 0.5],
  ['-.5e1', -5],
  ['1e800', '1e800'],
  ['-.1e400', '-.1e400'],
  ['1e-800', 0],
  ['1.', 1],
  ['1E5', 100_000],
  ['1e', '1e'],
  ['.e1', '.e1'],
  ['12:30:45', '12:30:45'],
  ['2020-01-01', '2020-01-01'],
  ['2020-01-01T00:00:00Z', '2020-01-01T00:00:00Z'],
  ['=', '='],
  ['<<', '<<'],
  ['"123"', '123'],
  ["'yes'", 'yes'],
  ['!!str 123', '123'],
  ['!own 123', '123'],
  ['! 12', '12'],
  ['!!int "12"', 12],
  ['!!bool "yes"', true],
  ['!!binary aGVsbG8=', 'hello'],
])('kc-scalar-types: %s means what it means to kubectl', (source, value) => {
  expect(parse(`k: ${source}`)).toEqual({ k: value });
});

test.each([
  ['k: .inf', 'unsupported value'],
  ['k: .NaN', 'unsupported value'],
  ['k: !!null a', 'cannot be decoded as a !!null'],
  ['k: !!binary "***"', 'invalid base64'],
  ['k: *nope', "unknown anchor 'nope' referenced"],
  ['k: &a [*a]', "anchor 'a' value contains itself"],
  ['{[a]: b}', 'invalid map key'],
  ['~: a', 'invalid map key'],
  ['<<: 5', 'map merge requires map or sequence of maps as the value'],
  ['%YAML 1.2\n---\nk: v', 'found incompatible YAML document'],
  ['k: "a\u0001b"', 'control characters are not allowed'],
  ['k: @b', 'it is not valid YAML'],
  ['{k: v', 'it is not valid YAML'],
  ['{k: v]}', 'it is not valid YAML'],
  ['k: {a: b}} c', 'it is not valid YAML'],
  ['k:\n- a\n  b: [', 'it is not valid YAML'],
])('%j is refused', (text, words) => {
  const mistake = mistakeOf(text);
  expect(mistake.name).toBe('YamlMistake');
  expect(mistake.message).toContain(words);
});

test('a mistake is told with line and column, and never quoted: it may hold a token', () => {
  const mistake = mistakeOf('users:\n- name: a\n  user: {token: hunter2\nx: ]');
  expect(mistake.position?.line).toBeGreaterThan(2);
  expect(mistake.message).not.toContain('hunter2');
  expect(mistakeOf('a: b\nc: "\u0001"').position).toEqual({ line: 2, column: 5 });
});

test('kc-yaml-merge-keys: merge keys work in the order of the text, and of several maps the first wins', () => {
  const shared = ['one: &one {token: one}', 'two: &two {token: two, password: p}'];
  expect(parse(...shared, 'all: {username: u, <<: *one}')).toMatchObject({
    all: { token: 'one', username: 'u' },
  });
  expect(parse(...shared, 'all: {<<: [*one, *two]}')).toMatchObject({ all: { token: 'one', password: 'p' } });
  expect(parse(...shared, 'all: {<<: *one, token: own}')).toMatchObject({ all: { token: 'own' } });
  expect(parse(...shared, 'all: {token: own, <<: *one}')).toMatchObject({ all: { token: 'one' } });
  expect(parse('{"<<": {a: b}}')).toEqual({ '<<': { a: 'b' } });
});

test('kc-yaml-merge-keys: duplicate keys, an anchor given twice, CRLF, JSON and a second document', () => {
  expect(parse('a: first', 'a: last')).toEqual({ a: 'last' });
  expect(parse('a: &x b', 'c: &x d', 'e: *x')).toEqual({ a: 'b', c: 'd', e: 'd' });
  expect(parse('a: b\r', 'c: d\r')).toEqual({ a: 'b', c: 'd' });
  expect(parse('a: b\rc: d\u0085e: "f\ufeff"')).toEqual({ a: 'b', c: 'd', e: 'f\ufeff' });
  expect(parse('{"a":\t[1, "x"],', '}')).toEqual({ a: [1, 'x'] });
  expect(parse('a: first', '---', 'broken: [')).toEqual({ a: 'first' });
  expect(parse('{"a": 1}', '{"a": 2}')).toEqual({ a: 1 });
  expect(parse('{a: 1} garbage')).toEqual({ a: 1 });
  expect(parse('---', '# nothing', '---', 'a: b')).toBeNull();
  expect(parse('clusters: [', '  {name: a}', ']')).toEqual({ clusters: [{ name: 'a' }] });
  expect(parse('1: a', 'yes: b', '1.5: c')).toEqual({ '1': 'a', true: 'b', '1.5': 'c' });
});

test('kc-yaml-merge-keys: byte order marks of UTF-8 and of UTF-16, which PowerShell writes', () => {
  const text = '\ufeffa: ä\r\n';
  const wide = Buffer.from(text, 'utf16le');
  for (const bytes of [Buffer.from(text), wide, Buffer.from(wide).swap16()]) {
    expect(parseKubectlYaml(bytes).value).toEqual({ a: 'ä' });
  }
  expect(mistakeOf(Buffer.from('a: ä', 'latin1')).message).toBe('it is not UTF-8 text');
});

test('a file that blows up by aliases is refused, one that uses many is not', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
  for (const [next, last] of ['ba', 'cb', 'dc', 'ed', 'fe'].map((pair) => [...pair])) {
    bomb.push(`${next}: &${next} [${Array(10).fill(`*${last}`).join(',')}]`);
  }
  expect(mistakeOf(bomb.join('\n')).message).toBe('document contains excessive aliasing');
  expect(parse('a: &a {b: c}', `z: [${Array(3_000).fill('*a').join(',')}]`)).toMatchObject({ a: { b: 'c' } });
});

test.each([2_000, 50_000])('%d lists in each other are refused', (depth) => {
  const text = `k: ${'['.repeat(depth)}${']'.repeat(depth)}`;
  expect(mistakeOf(text).message).toBe('it is nested too deeply');
});

test('the position of a value is its own, or of the nearest one around it', () => {
  const { positionOf } = parseKubectlYaml(
    Buffer.from('base: &b\n  x: 1\nusers:\n- name: a\n  name: b\n  <<: *b\n'),
  );
  expect(positionOf(['users', 0, 'name'])).toEqual({ line: 5, column: 9 });
  expect(positionOf(['users', 0, 'x'])).toEqual({ line: 2, column: 6 });
  expect(positionOf(['users', 0, 'gone', 'too'])).toEqual({ line: 4, column: 3 });
  expect(positionOf([])).toEqual({ line: 1, column: 1 });
});

test('whatever JSON says, it says here too', () => {
  const number = fc.oneof(fc.integer(), fc.double({ noDefaultInfinity: true, noNaN: true }));
  const text = fc.string({ unit: 'grapheme-ascii' });
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constant(null),
      fc.boolean(),
      number.map((one) => (Object.is(one, -0) ? 0 : one)),
      text,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(
        text.filter((key) => key !== '__proto__'),
        tie('value'),
        { maxKeys: 4 },
      ),
    ),
  }));
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 2, '\t'), (json, indent) => {
      expect(parse(JSON.stringify(json, null, indent))).toEqual(json);
    }),
  );
});

test('whatever bytes come, they are taken or refused as a mistake, never otherwise', () => {
  const piece = fc.constantFrom(
    ...'ab:- \n\t"\'{}[],&*!|>%@#?~<'.split(''),
    'a: ',
    '- ',
    '<<: ',
    '&a ',
    '*a',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      try {
        parse(pieces.join(''));
      } catch (error) {
        expect((error as Error).name).toBe('YamlMistake');
      }
    }),
    { numRuns: 500 },
  );
});
