// covers: main/recording/redaction/redaction-rules.ts
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePatterns } from '../../../../main/recording/redaction/redaction-patterns.ts';
import { BUILT_IN } from '../../../../main/recording/redaction/redaction-rules.ts';
import {
  type Captured,
  createRedactor,
  MAX_HELD_BYTES,
  MAX_HOLD_MICROS,
  type MaskedSpan,
} from '../../../../main/recording/redaction/redactor.ts';
import { PEM_LINES, PLAIN_TEXTS, PLANTED_SECRETS, readPlanted } from '../../../fakes/planted-secrets.ts';

const toBytes = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Redacted {
  readonly bytes: Buffer;
  readonly text: string;
  readonly spans: number;
  readonly mostHeld: number;
}

function join(captured: readonly Captured[]): Buffer {
  return Buffer.concat(captured.flatMap((piece) => (piece.kind === 'bytes' ? [piece.bytes] : [])));
}

/** All pieces at once after each other, then the end. */
function redact(pieces: readonly Uint8Array[], patterns: readonly string[] = []): Redacted {
  const { compiled } = compilePatterns(patterns.map((pattern) => ({ name: pattern, pattern })));
  const redactor = createRedactor(compiled);
  let mostHeld = 0;
  const given = pieces.flatMap((bytes) => {
    const out = redactor.take({ kind: 'bytes', bytes, timeMicros: 0 });
    mostHeld = Math.max(mostHeld, redactor.heldBytes);
    return out;
  });
  const bytes = join([...given, ...redactor.finish()]);
  return { bytes, text: bytes.toString(), spans: redactor.maskedSpans, mostHeld };
}

function redactText(text: string, patterns: readonly string[] = []): string {
  return redact([toBytes(text)], patterns).text;
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...ends].map((start, index) => bytes.subarray(start, ends[index]));
}

describe('the built-in rules', () => {
  test('each has planted secrets', () => {
    const planted = new Set(['private-key', ...PLANTED_SECRETS.map(({ rule }) => rule)]);
    expect(BUILT_IN.map(({ id }) => id).filter((id) => !planted.has(id))).toEqual([]);
  });

  test.each(PLANTED_SECRETS.map((planted) => [planted.rule, planted.text, planted] as const))(
    '%s masks %s',
    (_rule, _text, planted) => {
      const { text, masked } = readPlanted(planted);
      expect(redactText(text)).toBe(masked);
      expect(redactText(`a ${text}\r\nb`)).toBe(`a ${masked}\r\nb`);
      expect(redact([toBytes(text)]).spans).toBe(readPlanted(planted).secrets.length);
    },
  );

  test.each(PLAIN_TEXTS.map((text) => [text] as const))('%s stays', (text) => {
    expect(redactText(`${text}\r\n`)).toBe(`${text}\r\n`);
    expect(redactText(text)).toBe(text);
  });

  test('what is in an escape sequence, a title, passes too', () => {
    expect(redactText('\u001b]0;TOKEN=abc\u0007$ \u001b]8;;http://h/?token=abc\u001b\\x')).toBe(
      '\u001b]0;TOKEN=•••\u0007$ \u001b]8;;http://h/?token=•••\u001b\\x',
    );
  });

  test('a line of another row goes on with nothing', () => {
    expect(redactText('password: abc\u001b[7;1Huser: bob')).toBe('password: •••\u001b[7;1Huser: bob');
  });

  test('a token that readline wrapped, typed or pasted, is masked in both rows', () => {
    const token = `ghp_${'aB3d'.repeat(9)}`;
    const typed = `$ ${token.slice(0, 14)} \r${token.slice(14)} x\r\n`;
    expect(redactText(typed)).toBe(`$ ghp_${'•'.repeat(10)} \r${'•'.repeat(26)} x\r\n`);
    const [last, next] = [token.slice(0, 14), token.slice(14)];
    const pasted = `$ ${last}\u001b[27m\u001b[7m${next[0]}\u001b[27m\r\u001b[7m${next} x\r\n`;
    expect(redactText(pasted)).toBe(
      `$ ghp_${'•'.repeat(10)}\u001b[27m\u001b[7m•\u001b[27m\r\u001b[7m${'•'.repeat(26)} x\r\n`,
    );
  });
});

describe('private keys', () => {
  const key = (lineEnd: string, indent = ''): string =>
    ['-----BEGIN RSA PRIVATE KEY-----', ...PEM_LINES, '-----END RSA PRIVATE KEY-----']
      .map((line) => indent + line)
      .join(lineEnd);

  test.each([
    ['\n', ''],
    ['\r\n', ''],
    ['\r\n', '    '],
    ['\r\n', '  12\t'],
    ['\r\n', '+'],
    ['\\n', ''],
  ])('lines that end with %j and begin with %j are masked, and nothing after them', (lineEnd, indent) => {
    const masked = redactText(`cat key\r\n${key(lineEnd, indent)}${lineEnd}"}\r\n$ ls\r\nfile\r\n`);
    for (const line of PEM_LINES) expect(masked).not.toContain(line.slice(0, 8));
    expect(masked).toMatch(/^cat key\r\n/);
    expect(masked).toContain('-----END RSA PRIVATE KEY-----');
    expect(masked.endsWith('"}\r\n$ ls\r\nfile\r\n')).toBe(true);
  });

  test('one with headers is masked, the headers are not', () => {
    const head = '-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00FF\n\n';
    const masked = redactText(`${head}${PEM_LINES[0]}\n-----END EC PRIVATE KEY-----\n`);
    expect(masked).toBe(`${head}${'•'.repeat(64)}\n-----END EC PRIVATE KEY-----\n`);
  });

  test('a beginning without a key masks nothing that is none', () => {
    const text = 'grep: -----BEGIN PRIVATE KEY-----\r\nroot@web:/# ls -la\r\ntotal 12\r\n';
    expect(redactText(text)).toBe(text);
  });

  test('a body without an end is not masked for ever', () => {
    const lines = Array.from({ length: 2_000 }, () => PEM_LINES[0]).join('\n');
    const masked = redactText(`-----BEGIN PRIVATE KEY-----\n${lines}\n`);
    expect(masked.split('\n').at(-2)).toBe(PEM_LINES[0]);
  });

  test('a body is masked as it streams', () => {
    const { bytes, mostHeld } = redact(Array.from(toBytes(key('\r\n')), (byte) => Uint8Array.of(byte)));
    expect(bytes.toString()).not.toContain(PEM_LINES[0]?.slice(0, 8));
    expect(mostHeld).toBeLessThanOrEqual(70);
  });
});

describe('in pieces', () => {
  /** Lines with and without secrets, some of them coloured, some no UTF-8. */
  const noise = fc.oneof(
    fc.string({ maxLength: 20 }).map(toBytes),
    fc.uint8Array({ maxLength: 10 }),
    fc
      .constantFrom(
        '\u001b[31m',
        '\u001b[0m',
        '\u001b[2K',
        ' ',
        '\r',
        '\r\n',
        '"',
        '\u001b',
        '\u001b]0;',
        '\u0007',
      )
      .map(toBytes),
    fc.constantFrom('-----BEGIN PRIVATE KEY-----', 'TOKEN=', 'Bearer ', 'ghp_', 'eyJ', '\\').map(toBytes),
  );
  const secret = fc
    .constantFrom(...PLANTED_SECRETS)
    .map((planted) => toBytes(` ${readPlanted(planted).text} `));
  const key = fc
    .constantFrom('\n', '\r\n', '\\n')
    .map((lineEnd) =>
      ['', '-----BEGIN PRIVATE KEY-----', ...PEM_LINES, '-----END PRIVATE KEY-----', ''].join(lineEnd),
    )
    .map(toBytes);
  const output = fc
    .array(
      fc.oneof(
        { weight: 5, arbitrary: noise },
        { weight: 3, arbitrary: secret },
        { weight: 1, arbitrary: key },
      ),
      {
        maxLength: 12,
      },
    )
    .map((parts) => Buffer.concat(parts));
  const places = fc.array(fc.nat({ max: 10_000 }), { maxLength: 30 });

  test.each([[[]], [['acme-[0-9]{4}', 'x.*y$']]])(
    'cut anywhere it is masked as in one piece (%j)',
    (patterns) => {
      fc.assert(
        fc.property(output, places, (bytes, ends) => {
          fc.pre(longestLine(bytes) < MAX_HELD_BYTES / 2);
          const whole = redact([bytes], patterns);
          const pieces = redact(cut(bytes, ends), patterns);
          expect(pieces.text).toBe(whole.text);
          expect(pieces.bytes.equals(whole.bytes)).toBe(true);
          expect(pieces.spans).toBe(whole.spans);
        }),
        { numRuns: 400 },
      );
    },
  );

  test('no planted secret comes out, whatever colours stand in it and wherever it is cut', () => {
    const colour = fc.constantFrom(
      '\u001b[1m',
      '\u001b[38;2;1;2;3m',
      '\u001b[K',
      '\u001b[?25l',
      '\u001b(B',
      '\u0000',
      '\u001b]8;;\u0007',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...PLANTED_SECRETS),
        fc.array(fc.tuple(fc.nat({ max: 200 }), colour), { maxLength: 6 }),
        places,
        (planted, colours, ends) => {
          const { text, secrets } = readPlanted(planted);
          let coloured = text;
          for (const [wish, code] of colours.sort(([a], [b]) => b - a)) {
            const place = Math.min(wish, text.length);
            coloured = coloured.slice(0, place) + code + coloured.slice(place);
          }
          const { text: masked } = redact(cut(toBytes(`x ${coloured} y\r\n`), ends));
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what was put in
          const shown = masked.replace(/\u001b(?:\[[\d;?]*[a-zA-Z]|\(B|\]8;;\u0007)|\u0000/g, '');
          for (const secret of secrets) if (secret.length > 3) expect(shown).not.toContain(secret);
          expect(shown).toBe(`x ${readPlanted(planted).masked} y\r\n`);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('what has no secret is unchanged byte for byte, also where it is no UTF-8', () => {
    const harmless = fc
      .array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(...PLAIN_TEXTS).map(toBytes)), {
        maxLength: 9,
      })
      .map((parts) => Buffer.concat(parts.flatMap((part) => [part, toBytes('\n')])));
    fc.assert(
      fc.property(harmless, places, (bytes, ends) => {
        const { bytes: out, spans } = redact(cut(bytes, ends));
        expect(out.equals(bytes)).toBe(true);
        expect(spans).toBe(0);
      }),
    );
  });

  test('a character that is cut within a secret is one mask', () => {
    const bytes = toBytes('password=ä€😀 x');
    for (let end = 0; end <= bytes.length; end += 1) {
      expect(redact([bytes.subarray(0, end), bytes.subarray(end)]).text).toBe('password=••• x');
    }
  });

  function longestLine(bytes: Uint8Array): number {
    return Math.max(
      ...Buffer.from(bytes)
        .toString('latin1')
        .split('\n')
        .map((line) => line.length),
    );
  }
});

describe('held back', () => {
  const at = (text: string, timeMicros: number): Captured => ({
    kind: 'bytes',
    bytes: toBytes(text),
    timeMicros,
  });

  test('only the last word waits, and keeps its times', () => {
    const redactor = createRedactor([]);
    expect(join(redactor.take(at('total 12 gh', 1))).toString()).toBe('total 12 ');
    expect(redactor.take(at('p', 2))).toEqual([]);
    expect(redactor.held).toEqual([at('gh', 1), at('p', 2)]);
    expect(redactor.take(at(' x', 3)).map((piece) => piece.kind === 'bytes' && piece.timeMicros)).toEqual([
      1, 2, 3,
    ]);
  });

  test('a resize stands where it happened', () => {
    const redactor = createRedactor([]);
    const resize: Captured = {
      kind: 'event',
      event: { kind: 'resize', timeMicros: 2, size: { cols: 80, rows: 24 } },
    };
    expect(redactor.take(resize)).toEqual([resize]);
    const token = 'aB3d'.repeat(9);
    expect(redactor.take(at(`ghp_${token.slice(0, 9)}`, 1))).toEqual([]);
    expect(redactor.take(resize)).toEqual([]);
    const given = redactor.take(at(`${token.slice(9)} x`, 3));
    expect(given.map(({ kind }) => kind)).toEqual(['bytes', 'event', 'bytes']);
    expect(join([...given, ...redactor.finish()]).toString()).toBe(`ghp_${'•'.repeat(36)} x`);
  });

  test('after 200 ms a token is masked as far as it has come, and what follows of it too', () => {
    const redactor = createRedactor([]);
    const given: Captured[] = [];
    for (const [index, letter] of [...`ghp_${'aB3d'.repeat(9)} x`].entries()) {
      given.push(...redactor.take(at(letter, index * 1_000_000)));
      expect(redactor.release(index * 1_000_000 + MAX_HOLD_MICROS - 1)).toEqual([]);
      given.push(...redactor.release(index * 1_000_000 + MAX_HOLD_MICROS));
      expect(redactor.heldBytes).toBe(0);
    }
    expect(join(given).toString()).toBe(`ghp_${'•'.repeat(36)} x`);
    expect(redactor.maskedSpans).toBe(1);
  });

  test('a value that is typed slowly is masked letter for letter', () => {
    const redactor = createRedactor([]);
    const given = [...'password: hünter2\r\nok'].flatMap((letter, index) => [
      ...redactor.take(at(letter, index * 1_000_000)),
      ...redactor.release(index * 1_000_000 + MAX_HOLD_MICROS),
    ]);
    expect(join(given).toString()).toBe('password: •••••••\r\nok');
    expect(redactor.maskedSpans).toBe(1);
  });

  test('an escape sequence that is given up half is no text when its end comes', () => {
    const redactor = createRedactor([]);
    const given = ['ghp_abc\u001b[3', '1mdef \u001b]0;tok', 'en=abc', 'd\u001b', '\\ghp_'].flatMap(
      (text, index) => [
        ...redactor.take(at(text, index * 1_000_000)),
        ...redactor.release(index * 1_000_000 + MAX_HOLD_MICROS),
      ],
    );
    expect(join(given).toString()).toBe('ghp_•••\u001b[31m••• \u001b]0;token=••••\u001b\\ghp_');
  });

  test('a long word, a long line and a long sequence stay bounded, and their secrets are masked', () => {
    const token = `ghp_${'aB3d'.repeat(9)}`;
    for (const filler of ['=', 'x ', '\u001b[1m', '\u001b]52;', 'é']) {
      const bytes = toBytes(`${filler.repeat(9_000)}${token} ${filler.repeat(9_000)}`);
      const pieces = Array.from({ length: Math.ceil(bytes.length / 61) }, (_, at) =>
        bytes.subarray(at * 61, at * 61 + 61),
      );
      for (const patterns of [[], ['never[0-9]']]) {
        const { text, mostHeld } = redact(pieces, patterns);
        expect(mostHeld).toBeLessThanOrEqual(MAX_HELD_BYTES);
        expect(text).not.toContain(token.slice(4));
        expect(text).toContain(`ghp_${'•'.repeat(36)}`);
      }
    }
  });

  test('a secret that is longer than what is held is masked to its end', () => {
    const long = `eyJhbGciOiJ.${'aB3d'.repeat(20_000)}`;
    const masked = redact(cut(toBytes(`${long} x`), [99, 5_000, 9_999])).text;
    expect(masked === `eyJ${'•'.repeat(long.length - 3)} x`).toBe(true);
    const quoted = `password="${'a b '.repeat(20_000)}" x`;
    const maskedQuoted = redact(cut(toBytes(quoted), [99, 5_000, 9_999])).text;
    expect(maskedQuoted === `password="${'• • '.repeat(20_000)}" x`).toBe(true);
  });
});

describe("the user's own patterns", () => {
  test('all that they match is masked, line by line, by characters', () => {
    expect(redactText('acme-1234 ok\r\nnö: käse-x\n', ['acme-\\d+', 'k.se'])).toBe(
      '••••••••• ok\r\nnö: ••••-x\n',
    );
    expect(redactText('a\nb', ['a.b', '(?s)a.b', 'a\\sb'])).toBe('a\nb');
    expect(redactText('ab\nab\n', ['^a', '\\Ab'])).toBe('•b\n•b\n');
  });

  test('a match is found across pieces and colours', () => {
    const bytes = toBytes('id ac\u001b[1mme-\u001b[0m1234 ok\n');
    for (let end = 0; end <= bytes.length; end += 1) {
      const { text } = redact([bytes.subarray(0, end), bytes.subarray(end)], ['acme-\\d{4}']);
      expect(text).toBe('id ••\u001b[1m•••\u001b[0m•••• ok\n');
    }
  });

  test('one that would hang a backtracking engine takes its time in proportion', () => {
    const text = `${'a'.repeat(20_000)}!\n`;
    expect(redactText(text, ['(a+)+$', '(a|a)*b', '(.*)*x'])).toBe(text);
  });
});

describe('what is told of masked spans', () => {
  test('each names its rule and the time of the output that it began in', () => {
    const { compiled } = compilePatterns([{ name: 'tickets', pattern: 'TICKET-[0-9]+' }]);
    const told: MaskedSpan[] = [];
    const redactor = createRedactor(compiled, (span) => told.push(span));
    const pieces = ['one ghp_', `${'a'.repeat(36)} x\r\n`, 'see TICKET-17\r\n', '\u001b]0;token=abc\u0007'];
    for (const [index, piece] of pieces.entries()) {
      redactor.take({ kind: 'bytes', bytes: toBytes(piece), timeMicros: index });
    }
    redactor.finish();
    expect(told).toEqual([
      { rule: 'github', timeMicros: 1 },
      { rule: 'tickets', timeMicros: 2 },
      { rule: 'named-value', timeMicros: 3 },
    ]);
    expect(told.length).toBe(redactor.maskedSpans);
  });

  test('a secret that goes on is told once', () => {
    const told: MaskedSpan[] = [];
    const redactor = createRedactor([], (span) => told.push(span));
    redactor.take({ kind: 'bytes', bytes: toBytes(`token=${'x'.repeat(40_000)}`), timeMicros: 5 });
    redactor.finish();
    expect(told).toEqual([{ rule: 'named-value', timeMicros: 5 }]);
  });
});

describe('hostile output', () => {
  test.each([
    'eyJ',
    'token',
    'password=',
    'ghp_',
    '"password":"',
    '://a:',
    'Bearer ',
    '-----BEGIN PRIVATE KEY-----',
    '\\',
    ' ',
    '&a',
    '--token ',
    'x\rx',
    '\u001b',
    '\u001b[',
    '\u001b]',
    '\u001b[H',
    '|>',
  ])('a flood of %j takes its time in proportion', (unit) => {
    const small = time(unit, 64 * 1024);
    // Eight times as much; quadratic would be sixty-four. Small times are noise.
    const limit = Math.max(small, 20) * 40;
    let large = Number.POSITIVE_INFINITY;
    // What else the machine does only adds to it: the least of some is what it takes.
    for (let round = 0; round < 5 && large >= limit; round += 1) {
      large = Math.min(large, time(unit, 512 * 1024));
    }
    expect(large).toBeLessThan(limit);
  });

  function time(unit: string, bytes: number): number {
    const flood = Buffer.alloc(bytes, unit);
    const before = process.cpuUsage();
    redact([flood]);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  }
});
