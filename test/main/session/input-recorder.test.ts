import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createInputRecorder, type InputNote, LONGEST_LINE } from '../../../main/session/input-recorder.ts';

const ENTER = '\r';

/** A recorder and a program with a terminal, whose answers the test writes down. */
function createBench(cols = 80) {
  const recorder = createInputRecorder(cols);
  const notes: InputNote[] = [];
  let nowMicros = 0;
  const bench = {
    notes,
    wait(ms: number) {
      nowMicros += ms * 1_000;
      return bench;
    },
    type(text: string) {
      notes.push(...recorder.typed(Buffer.from(text), nowMicros));
      return bench;
    },
    print(text: string) {
      notes.push(...recorder.printed(Buffer.from(text), nowMicros));
      return bench;
    },
    /** One key at a time, each answered before the next. */
    echo(text: string, answer: (character: string) => string = (character) => character) {
      for (const character of text) bench.type(character).wait(20).print(answer(character)).wait(80);
      return bench;
    },
    resize: recorder.resize,
  };
  return bench;
}

function typed(text: string): InputNote {
  return { kind: 'typed', text };
}

const HIDDEN: InputNote = { kind: 'hidden' };

test('a command that is echoed is given as one line, before what it prints', () => {
  const bench = createBench().print('$ ').echo('ls -l').type(ENTER);
  expect(bench.notes).toEqual([typed('ls -l\r')]);
});

test('a line that came faster than its echo is given when that is there', () => {
  const bench = createBench().print('$ ').type('ls').type(' -l').type(ENTER);
  expect(bench.notes).toEqual([]);
  bench.wait(30).print('ls').wait(5).print(' -l\r\ntotal 0\r\n$ ');
  expect(bench.notes).toEqual([typed('ls -l\r')]);
});

test('a password that is not echoed is not given, nor is its length', () => {
  const bench = createBench()
    .print('Password: ')
    .echo('hunter2', () => '')
    .type(ENTER)
    .print('\r\n$ ');
  expect(bench.notes).toEqual([HIDDEN]);
  bench.echo('id').type(ENTER);
  expect(bench.notes).toEqual([HIDDEN, typed('id\r')]);
});

test('a password that is echoed as stars is not given, even one with stars in it', () => {
  for (const secret of ['hunter2', '*unter2', 'hun*er*', 'h******']) {
    const bench = createBench()
      .print('Password: ')
      .echo(secret, () => '*')
      .type(ENTER)
      .print('\r\n$ ');
    expect(bench.notes).toEqual([HIDDEN]);
  }
});

test('a password while something else prints is not given, though its letters appear', () => {
  const bench = createBench().print('Password: ');
  for (const character of 'secret')
    bench.type(character).wait(10).print(`\r\nsome ${character} text`).wait(10);
  bench.type(ENTER).print('\r\n');
  expect(bench.notes).toEqual([HIDDEN]);
});

test('an echo that comes later than half a second is none', () => {
  const slow = (ms: number): readonly InputNote[] => {
    const bench = createBench().print('$ ');
    for (const character of 'ls') bench.type(character).wait(ms).print(character);
    return bench.type(ENTER).print('\r\n').notes;
  };
  expect(slow(499)).toEqual([typed('ls\r')]);
  expect(slow(501)).toEqual([HIDDEN]);
});

test('corrections, completions and moves are given as they were typed', () => {
  const bench = createBench()
    .print('$ ')
    .echo('lss')
    .type('\x7f')
    .print('\b\x1b[K')
    .wait(50)
    .echo(' fi')
    .type('\t')
    .print('le.txt ')
    .wait(50)
    .type('\x1b[D')
    .print('\b')
    .wait(50)
    .type('X')
    // As readline redraws what stands behind it.
    .print('X \b')
    .wait(50)
    .type(ENTER);
  expect(bench.notes).toEqual([typed('lss\x7f fi\t\x1b[DX\r')]);
});

test('an editor that draws the line anew, with colours and a suggestion behind the cursor, is understood', () => {
  const bench = createBench().print('\r\x1b[32m> \x1b[0m');
  bench.type('l').print('\x1b[31ml\x1b[0m\x1b[2ms -la\x1b[0m\x1b[5D').wait(60);
  bench.type('s').print('\b\x1b[32mls\x1b[0m\x1b[2m -la\x1b[0m\x1b[4D').wait(60);
  bench.type(ENTER);
  expect(bench.notes).toEqual([typed('ls\r')]);
});

test('a line that wraps is one line', () => {
  const bench = createBench(20).print('$ ');
  const command = 'echo 0123456789 abcdefghij';
  // As readline goes on in the next row.
  let col = 2;
  bench.echo(command, (character) => {
    col += 1;
    return col % 20 === 0 ? `${character} \r` : character;
  });
  bench.type(ENTER);
  expect(bench.notes).toEqual([typed(`${command}\r`)]);
});

test('a paste between borders is given without them', () => {
  const bench = createBench().print('\x1b[?2004h$ ').type('\x1b[200~echo a b\x1b[201~').wait(10);
  bench.print('\x1b[7mecho a b\x1b[27m').wait(50).type(ENTER).print('\b\b\b\b\b\b\b\becho a b\r\n');
  expect(bench.notes).toEqual([typed('echo a b\r')]);
});

test('keys for a program that has the whole screen leave nothing, and the next command is given', () => {
  const bench = createBench().print('$ ').echo('vi f').type(ENTER).print('\r\n\x1b[?1049h\x1b[H~');
  bench.echo('isecret').type('\x1b').type(':wq\r').print('\x1b[?1049l\x1b[?2004h$ ').echo('id').type(ENTER);
  expect(bench.notes).toEqual([typed('vi f\r'), typed('id\r')]);
});

test('keys for a pager without a screen of its own do not spoil the next command', () => {
  const bench = createBench().print('--More--').type('q').print('\r\x1b[K').wait(600);
  bench.print('\x1b[?2004h$ ').echo('id').type(ENTER);
  expect(bench.notes).toEqual([HIDDEN, typed('id\r')]);
});

test('what was typed ahead belongs to the line that it was echoed in', () => {
  const bench = createBench().print('$ ').echo('sleep 1').type(ENTER).print('\r\n').wait(100).echo('id');
  bench.wait(900).print('\x1b[?2004h$ id').wait(50).type(ENTER);
  expect(bench.notes).toEqual([typed('sleep 1\r'), typed('id\r')]);
});

test('lines that come before the one before them is on the screen are not given', () => {
  const bench = createBench().print('$ ').type('one\rtwo\r').wait(20).print('one\r\ntwo\r\n$ ');
  expect(bench.notes).toEqual([typed('one\r'), HIDDEN]);
});

test('Enter and keys without characters leave nothing', () => {
  expect(createBench().print('$ ').type(ENTER).print('\r\n$ ').type('\x1b[A').type(ENTER).notes).toEqual([]);
});

test('a line beyond the limit is not given, and nothing of it is kept', () => {
  const bench = createBench(10_000).print('$ ');
  for (let at = 0; at <= LONGEST_LINE; at += 64) {
    const piece = 'x'.repeat(64);
    bench.type(piece).wait(1).print(piece);
  }
  expect(bench.type(ENTER).print('\r\n').notes).toEqual([HIDDEN]);
});

test('another size leaves what was pending in doubt', () => {
  const bench = createBench().print('$ ').type('ls');
  bench.resize(100);
  expect(bench.print('ls').type(ENTER).print('\r\n').notes).toEqual([HIDDEN]);
});

const WORD = fc.stringMatching(/^[a-z0-9]{6,12}$/);
const DELAY = fc.integer({ min: 0, max: 120 });

test('property: whatever is printed meanwhile and however slowly, an unechoed secret is in no note', () => {
  const noise = fc.oneof(
    fc.constantFrom(
      '',
      '*',
      '.',
      '\r\n',
      '\b',
      '\x1b[K',
      '\x1b[31m',
      '\r\n$ ',
      '\x1b[2J\x1b[H',
      '\x1b[?2004h',
      '\t',
    ),
    fc.stringMatching(/^[ -~]{0,9}$/),
  );
  fc.assert(
    fc.property(
      WORD,
      fc.array(fc.tuple(noise, DELAY), { minLength: 12, maxLength: 12 }),
      (secret, answers) => {
        const bench = createBench().print('Password: ');
        [...secret].forEach((character, at) => {
          const [answer, ms] = answers[at] ?? ['', 0];
          bench.type(character).wait(ms).print(answer).wait(ms);
        });
        bench.type(ENTER).print('\r\n$ ');
        const given = bench.notes.map((note) => (note.kind === 'typed' ? note.text : '')).join('');
        expect(given).not.toContain(secret);
      },
    ),
    { numRuns: 500 },
  );
});

test('property: a line that is echoed is given, however its keys and its echo are cut', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 20, maxLength: 20 });
  fc.assert(
    fc.property(fc.stringMatching(/^[!-~]{1,20}$/), cuts, cuts, DELAY, (line, typedCuts, echoCuts, ms) => {
      const bench = createBench().print('$ ');
      for (const piece of cut(line, typedCuts)) bench.type(piece);
      bench.type(ENTER).wait(ms);
      for (const piece of cut(`${line}\r\n`, echoCuts)) bench.print(piece);
      expect(bench.notes).toEqual([typed(`${line}\r`)]);
    }),
  );
});

function cut(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = [];
  let rest = text;
  for (const length of lengths) {
    if (rest === '') break;
    pieces.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return rest === '' ? pieces : [...pieces, rest];
}
