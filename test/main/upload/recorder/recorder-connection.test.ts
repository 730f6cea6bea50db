import { expect, test } from 'vitest';
import type {
  DeliverySubject,
  RecorderClient,
  RecorderUpload,
} from '../../../../main/upload/recorder/recorder-client.ts';
import { connectFirst } from '../../../../main/upload/recorder/recorder-connection.ts';
import { recorderError } from '../../../../main/upload/recorder/recorder-error.ts';
import { SUBJECT } from '../../../fakes/recorder-client.ts';

const { signal } = new AbortController();
const WHOLE: DeliverySubject = { ...SUBJECT, path: '/recordings/a.cast' };

interface Script {
  readonly isLive?: boolean;
  readonly takesLater?: boolean;
  /** Why it takes nothing. */
  readonly refusal?: string;
}

/** Recorders that do as they are told; `calls` tells in which order. */
function script(...scripts: Script[]) {
  const calls: string[] = [];
  const clients = scripts.map((one, index): RecorderClient => {
    const recorder = { kind: 'tsrecorder', url: `http://10.0.0.${index}:80` } as const;
    async function call(what: string): Promise<void> {
      calls.push(`${what} ${index}`);
      if (one.refusal !== undefined) throw recorderError('recorder-unreachable', recorder, one.refusal);
    }
    return {
      recorder,
      isLive: one.isLive ?? true,
      takesLater: one.takesLater ?? true,
      check: () => call('check'),
      async open() {
        await call('open');
        return { recorder } as RecorderUpload;
      },
    };
  });
  return { clients, calls };
}

test('the first that takes it is used, and the others are left alone', async () => {
  const { clients, calls } = script({ refusal: 'is silent' }, { refusal: 'is full' }, {}, {});
  const found = await connectFirst(clients, SUBJECT, { signal });
  expect(found).toMatchObject({ kind: 'open', upload: { recorder: { url: 'http://10.0.0.2:80' } } });
  expect(found.attempts.map(({ error }) => error.message)).toEqual([
    'the recorder at http://10.0.0.0:80 is silent',
    'the recorder at http://10.0.0.1:80 is full',
  ]);
  expect(calls).toEqual(['open 0', 'open 1', 'open 2']);
});

test('none of them: all attempts are told', async () => {
  const { clients } = script({ refusal: 'a' }, { refusal: 'b' });
  const found = await connectFirst(clients, SUBJECT, { signal });
  expect(found.kind).toBe('none');
  expect(found.attempts.map(({ recorder }) => recorder.url)).toEqual([
    'http://10.0.0.0:80',
    'http://10.0.0.1:80',
  ]);
});

test('one that takes recordings whole is asked whether it is there, before one has begun', async () => {
  const { clients, calls } = script({ isLive: false, refusal: 'is away' }, { isLive: false });
  expect(await connectFirst(clients, SUBJECT, { signal })).toMatchObject({
    kind: 'waiting',
    recorder: { url: 'http://10.0.0.1:80' },
    attempts: [{ recorder: { url: 'http://10.0.0.0:80' } }],
  });
  expect(calls).toEqual(['check 0', 'check 1']);
});

test('a recording that has ended is opened with each, but for those that take only what happens now', async () => {
  const { clients, calls } = script({ takesLater: false }, { isLive: false });
  const found = await connectFirst(clients, WHOLE, { signal });
  expect(found).toMatchObject({ kind: 'open', attempts: [{ error: { code: 'recorder-unfit' } }] });
  expect(calls).toEqual(['open 1']);
});

test('who no longer wants it gets the reason, and no further one is tried', async () => {
  const { clients, calls } = script({}, {});
  const gone = new AbortController();
  const [first, second] = clients as [RecorderClient, RecorderClient];
  async function open(): Promise<RecorderUpload> {
    gone.abort(new Error('enough'));
    throw new Error('broken off');
  }
  const connecting = connectFirst([{ ...first, open }, second], SUBJECT, { signal: gone.signal });
  await expect(connecting).rejects.toThrow('enough');
  expect(calls).toEqual([]);
});
