import { afterEach, describe, expect, test } from 'vitest';
import type { ByteStream } from '../../../preload/byte-stream.ts';
import type { TerminalRecord } from '../../../preload/terminal-records.ts';
import type { Screen } from '../../../renderer/terminal/paced-screen.ts';
import { SETTLE_MS } from '../../../renderer/terminal/size-sync.ts';
import { type LinkState, linkTerminal, type TerminalLink } from '../../../renderer/terminal/terminal-link.ts';
import { createManualTimers, type ManualTimers } from '../../fakes/manual-timers.ts';
import { createRecordSource, output, type RecordSource, resize } from '../../fakes/record-source.ts';

const caughtUp: TerminalRecord = { kind: 'caught-up', timeMicros: 0 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Stage {
  readonly link: TerminalLink;
  readonly timers: ManualTimers;
  readonly sources: RecordSource[];
  readonly states: LinkState[];
  readonly log: string[];
  readonly sent: string[];
  mayReply: boolean;
}

let controller = new AbortController();
afterEach(() => {
  controller.abort(new Error('the test has ended'));
  controller = new AbortController();
});

function stage(): Stage {
  const timers = createManualTimers();
  const sources: RecordSource[] = [];
  const states: LinkState[] = [];
  const log: string[] = [];
  const sent: string[] = [];
  const decoder = new TextDecoder();
  function open(): ByteStream {
    const source = createRecordSource([], { open: true });
    sources.push(source);
    return {
      input: source.input,
      end: source.end,
      async write(typed: Uint8Array) {
        sent.push(decoder.decode(typed));
      },
      closed: new Promise(() => {}),
    };
  }
  const screen: Screen = {
    async write(shown) {
      log.push(decoder.decode(shown));
    },
    async settle() {},
    async mark(label) {
      log.push(`— ${label} —`);
    },
    async resize({ cols, rows }) {
      log.push(`${cols}x${rows}`);
    },
    async reset() {
      log.push('reset');
    },
  };
  const made: Stage = {
    timers,
    sources,
    states,
    log,
    sent,
    mayReply: true,
    link: linkTerminal(
      {
        open,
        async resize({ cols, rows }) {
          sent.push(`resize ${cols}x${rows}`);
        },
        screen,
        timers,
        onState: (state) => states.push(state),
        onInputRefused: () => log.push('refused'),
        onBell: () => log.push('bell'),
        mayReply: () => made.mayReply,
      },
      { signal: controller.signal },
    ),
  };
  return made;
}

const kinds = ({ states }: Stage): string[] => states.map((state) => state.kind);

describe('a terminal`s link', () => {
  test('goes from the past to the present to the end', async () => {
    const made = stage();
    made.sources[0]?.push(output(0, 'past'), caughtUp, output(1, 'now'));
    made.sources[0]?.finish();
    await made.timers.settle();
    expect(made.log).toEqual(['past', 'now']);
    expect(kinds(made)).toEqual(['catching-up', 'live', 'ended']);
  });

  test('sends what is typed at any time, and answers and bells of the present only', async () => {
    const made = stage();
    made.link.typed(bytes('early'));
    made.link.reply(bytes('old answer'));
    made.link.bell();
    made.sources[0]?.push(caughtUp);
    await made.timers.settle();
    made.link.reply(bytes('answer'));
    made.link.bell();
    await made.timers.settle();
    expect(made.sent).toEqual(['early', 'answer']);
    expect(made.log).toEqual(['bell']);
  });

  test('sends no mouse report about the past', async () => {
    const made = stage();
    made.link.typed(bytes('\x1b[<0;1;1M'));
    made.link.typed(bytes('\x1b[M !!'));
    await made.timers.settle();
    expect(made.sent).toEqual([]);
    made.sources[0]?.push(caughtUp);
    await made.timers.settle();
    made.link.typed(bytes('\x1b[<0;1;1M'));
    await made.timers.settle();
    expect(made.sent).toEqual(['\x1b[<0;1;1M']);
  });

  test('leaves answers to the window that is in use', async () => {
    const made = stage();
    made.sources[0]?.push(caughtUp);
    await made.timers.settle();
    made.mayReply = false;
    made.link.reply(bytes('answer'));
    await made.timers.settle();
    expect(made.sent).toEqual([]);
  });

  test('asks for its size once it is laid out, and again when it is typed into', async () => {
    const made = stage();
    made.link.layout({ cols: 100, rows: 30 });
    await made.timers.advance(SETTLE_MS);
    const asked = 'resize 100x30';
    expect(made.sent).toEqual([asked]);
    made.sources[0]?.push(resize(0, 100, 30), resize(1, 80, 24));
    await made.timers.settle();
    made.link.typed(bytes('x'));
    await made.timers.settle();
    expect(made.sent).toEqual([asked, asked, 'x']);
  });

  test('that was let go opens again, and types into the new stream', async () => {
    const made = stage();
    made.sources[0]?.push(output(0, 'one'), caughtUp);
    await made.timers.settle();
    made.sources[0]?.finish(Object.assign(new Error('slow'), { code: 'viewer-detached' }));
    await made.timers.settle();
    made.sources[1]?.push(output(0, 'one'), caughtUp);
    await made.timers.settle();
    made.link.typed(bytes('x'));
    await made.timers.settle();
    expect(made.log).toEqual(['one', 'reset', 'one']);
    expect(kinds(made)).toEqual(['catching-up', 'live', 'catching-up', 'live']);
    expect(made.sent).toEqual(['x']);
  });

  test('that is lost takes no more typing, and can be tried again', async () => {
    const made = stage();
    made.sources[0]?.push(caughtUp);
    made.sources[0]?.finish(
      Object.assign(new Error('the core is gone'), { code: 'connection-lost', hint: 'restart' }),
    );
    await made.timers.settle();
    expect(made.states.at(-1)).toEqual({
      kind: 'lost',
      problem: { code: 'connection-lost', message: 'the core is gone', hint: 'restart' },
    });
    made.link.typed(bytes('x'));
    await made.timers.settle();
    expect(made.sent).toEqual([]);
    made.link.retry();
    made.link.retry();
    await made.timers.settle();
    expect(made.sources).toHaveLength(2);
    expect(made.log).toEqual(['reset']);
  });

  test('lets its stream go with its terminal', async () => {
    const made = stage();
    await made.timers.settle();
    controller.abort(new Error('the tab was closed'));
    await made.timers.settle();
    expect(made.sources[0]?.isClosed).toBe(true);
    expect(kinds(made)).toEqual(['catching-up']);
    expect(made.timers.pending).toBe(0);
  });
});
