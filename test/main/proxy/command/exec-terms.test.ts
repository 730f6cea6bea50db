// covers: main/proxy/command/exec-recorder.ts
// covers: main/proxy/command/exec-words.ts

import { afterEach, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { AppError } from '../../../../main/base/errors.ts';
import type { PolicyAnswer } from '../../../../main/policy/policy.ts';
import { DEFAULT_ANSWER } from '../../../../main/policy/strictest-answer.ts';
import { mustBeRead } from '../../../../main/proxy/command/exec-terms.ts';
import { type FakeApiBehaviour, refuseUpgrade } from '../../../fakes/api-server.ts';
import { makeCastFolder, readOutput } from '../../../fakes/cast-folder.ts';
import { endPassages, startPassage } from '../../../fakes/exec-passage.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';
import { createScriptedRecorders, lostAt, noRecorders, VAULT } from '../../../fakes/scripted-recorders.ts';
import { until } from '../../../fakes/until.ts';

const REQUIRED = { recording: 'required' } as const;

const say = (socket: WebSocket, channel: number, payload: string | Uint8Array): void =>
  socket.send(Buffer.concat([Uint8Array.of(channel), Buffer.from(payload)]));

/** Says what it is sent. */
function echo(socket: WebSocket): void {
  say(socket, 1, 'ready\n');
  socket.on('message', (data: Buffer) => {
    if (data[0] === 0) say(socket, 1, data.subarray(1));
  });
}

afterEach(endPassages);

test.each([
  ['a reason', { reason: 'required' }, /policy-refused: a reason .* kubereel exec --reason TEXT/s],
  ['a name', { confirm: 'typed' }, /policy-refused: its name .* kubereel exec --confirm NAME/s],
  ['both', { reason: 'required', confirm: 'typed' }, /--reason TEXT --confirm NAME/],
  ['a recorder that is not named', { atStart: 'closed' }, /policy-refused: .* names none/],
] as const)(
  'where the policy asks for %s the command is refused before the cluster is asked',
  async (_case, policy, words) => {
    const passage = await startPassage({ policy });
    await expect(passage.connect().opened).rejects.toThrow(words);
    expect(passage.server.requests).toEqual([]);
    expect(passage.desk.list()).toEqual([]);
  },
);

test('where the policy asks for a reason and none has to be given, none is asked for', async () => {
  const passage = await startPassage({ policy: { reason: 'asked' }, serve: echo });
  await passage.connect().opened;
});

test('a policy that cannot be read refuses all', async () => {
  const passage = await startPassage({
    needs: {
      terms: {
        answerPolicy: () => Promise.reject(new AppError('policy-invalid', 'line 3 is none')),
        rehearseRecording: async () => {},
        connectRecorders: noRecorders,
      },
    },
  });
  await expect(passage.connect().opened).rejects.toThrow('policy-invalid: line 3 is none');
  expect(passage.server.requests).toEqual([]);
});

test('where the policy has it off nothing is recorded, and the client hears nothing of it', async () => {
  const passage = await startPassage({ policy: { recording: 'off' }, serve: echo });
  const client = passage.connect();
  await client.opened;
  client.send(0, 'more\n');
  await until(() => client.text(1) === 'ready\nmore\n');
  expect(client.text(2)).toBe('');
  expect(passage.desk.list()[0]?.recording.kind).toBe('off');
  expect(passage.writers).toEqual([]);
});

test('what cannot be recorded and need not be goes on, and its client is told', async () => {
  const passage = await startPassage({
    serve: echo,
    needs: { newCastWriter: () => Promise.reject(new AppError('disk-full', 'the disk is full')) },
  });
  const client = passage.connect();
  await until(() => client.text(1) === 'ready\n' && client.text(2) !== '');
  expect(client.text(2)).toBe('warning: this command is not on record: the disk is full\n');
  expect(passage.desk.list()[0]?.recording).toMatchObject({ kind: 'failed', error: { code: 'disk-full' } });
});

describe('where recording is required', () => {
  test('and cannot be rehearsed, the cluster is not asked', async () => {
    const passage = await startPassage({
      policy: REQUIRED,
      needs: {
        terms: {
          answerPolicy: async () => ({ ...DEFAULT_ANSWER, ...REQUIRED }),
          rehearseRecording: () => Promise.reject(new AppError('disk-full', 'the disk is full')),
          connectRecorders: noRecorders,
        },
      },
    });
    await expect(passage.connect().opened).rejects.toThrow(/recording-required: .*the disk is full/);
    expect(passage.server.requests).toEqual([]);
  });

  test.each([
    ['without a terminal it is refused', 'command=sh&stdin=true&stdout=true&stderr=true'],
    ['a terminal is ended before it shows anything', 'command=sh&stdin=true&stdout=true&tty=true'],
  ])('and cannot be begun: %s', async (_case, query) => {
    const heard: string[] = [];
    const passage = await startPassage({
      policy: REQUIRED,
      serve(socket) {
        echo(socket);
        socket.on('message', (data: Buffer) => heard.push(data.toString('latin1')));
      },
      needs: {
        sizeWaitMs: 1,
        newCastWriter: () => Promise.reject(new AppError('disk-full', 'the disk is full')),
      },
    });
    const client = passage.connect(query);
    // Whichever comes first: nothing of it may reach the shell.
    client.opened.then(
      () => client.send(0, 'typed'),
      () => {},
    );
    const how = await client.opened.then(
      async () => {
        await client.closed;
        return client.text(1);
      },
      (error: Error) => error.message,
    );
    expect(how).toContain('no shell is opened that cannot be recorded: the disk is full');
    expect(client.text(1)).not.toContain('ready');
    expect(heard.filter((message) => message.startsWith('\0'))).toEqual([]);
  });

  test('a disk that fills up holds output back, and ends the command in words', async () => {
    const clock = createManualClock();
    const passage = await startPassage({ policy: REQUIRED, serve: echo, needs: { clock } });
    const client = passage.connect();
    await until(() => client.text(1) === 'ready\n');
    passage.disk.freeBytes = 0;
    client.send(0, 'x'.repeat(100_000));
    await until(() => clock.sleepers > 0);
    // As long as the disk takes nothing, nothing is shown.
    await until(async () => {
      if (client.socket.readyState !== client.socket.OPEN) return true;
      expect(client.text(1)).toBe('ready\n');
      await clock.advance(1_000);
      return false;
    });
    await client.closed;
    expect(client.text(1).replaceAll('\0', '')).toBe('ready\n');
    expect(client.text(2)).toContain('the shell was ended, as it has to be recorded');
    expect(JSON.parse(client.text(3))).toMatchObject({ status: 'Failure' });
  });

  test('what cannot be read is not opened', async () => {
    const passage = await startPassage({
      policy: REQUIRED,
      serve: echo,
    });
    const client = passage.connectAs([]);
    await expect(client.opened).rejects.toThrow(/protocol-error: .*no subprotocol/);
    expect(passage.writers).toEqual([]);
  });

  test('and cannot be read any more, nothing of that passes, and the client is told why', async () => {
    const passage = await startPassage({
      policy: REQUIRED,
      serve(socket, _request, tcp) {
        say(socket, 1, 'ready\n');
        // A reserved bit, as of a packed frame.
        socket.on('message', () => tcp.write(Buffer.from([0xc2, 7, 1, ...Buffer.from('hidden')])));
      },
    });
    const client = passage.connect();
    await until(() => client.text(1) === 'ready\n');
    client.send(0, 'go on');
    await client.closed;
    expect(client.heard.join()).not.toContain('hidden');
    expect(client.text(2)).toContain('cannot be read');
    const { path, sidecar } = await passage.recorded();
    expect(await readOutput(path)).toBe('ready\n');
    expect(sidecar.state).toMatchObject({
      end: { kind: 'failed', note: expect.stringContaining('cannot be read') },
    });
  });
});

test('what cannot be read and need not be goes on, off the record from there', async () => {
  const passage = await startPassage({
    serve(socket, _request, tcp) {
      say(socket, 1, 'ready\n');
      socket.on('message', () => {
        // A continuation of nothing, which this client takes for an error only later.
        tcp.write(Buffer.from([0x80, 3, 1, 0x68, 0x69]));
      });
    },
  });
  const client = passage.connect();
  await until(() => client.text(1) === 'ready\n');
  client.send(0, 'go on');
  await until(() => passage.desk.list()[0]?.recording.kind === 'failed' || client.socket.readyState > 1);
  const { path, events, sidecar } = await passage.recorded();
  expect(await readOutput(path)).toBe('ready\n');
  expect(events.at(-1)).toMatchObject({
    kind: 'marker',
    label: expect.stringContaining('not on record from here'),
  });
  expect(sidecar.state).toMatchObject({ end: { kind: 'failed' } });
});

describe('with recorders', () => {
  async function startWithRecorders(
    policy: Partial<PolicyAnswer>,
    behaviour: FakeApiBehaviour = { serve: echo },
  ) {
    const clock = createManualClock();
    const recorders = createScriptedRecorders(await makeCastFolder());
    const passage = await startPassage({
      ...behaviour,
      needs: {
        clock,
        terms: {
          answerPolicy: async () => ({ ...DEFAULT_ANSWER, recorders: [VAULT], ...policy }),
          rehearseRecording: async () => {},
          connectRecorders: recorders.connect,
        },
      },
    });
    recorders.confirmed.resolve();
    return { clock, recorders, passage };
  }

  test('they are asked before the cluster, and none that takes it refuses where that is closed', async () => {
    const { recorders, passage } = await startWithRecorders({ atStart: 'closed' });
    recorders.answer = {
      attempts: [lostAt(VAULT)],
      state: { kind: 'owed', sinceMs: 0, attempts: [lostAt(VAULT)] },
    };
    await expect(passage.connect().opened).rejects.toThrow(/delivery-required: .*1\. the recorder cut/s);
    expect(recorders.deeds).toEqual(['connect vault', 'cancel']);
    expect(passage.server.requests).toEqual([]);
  });

  test('none that takes it is told where that is open', async () => {
    const { recorders, passage } = await startWithRecorders({});
    recorders.answer = {
      attempts: [lostAt(VAULT)],
      state: { kind: 'owed', sinceMs: 0, attempts: [lostAt(VAULT)] },
    };
    const client = passage.connect();
    await until(() => client.text(2) !== '');
    expect(client.text(2)).toBe('warning: no recorder takes this session: the recorder cut the connection\n');
  });

  test('a cluster that refuses takes it back', async () => {
    const { recorders, passage } = await startWithRecorders(
      {},
      {
        refuse: (_request, socket) => refuseUpgrade(socket, 404, 'no such pod'),
      },
    );
    await expect(passage.connect().opened).rejects.toThrow('404 no such pod');
    expect(recorders.deeds).toEqual(['connect vault', 'cancel']);
  });

  test('one that is lost midway is told at once, and ends it after its grace where that is closed', async () => {
    const { clock, recorders, passage } = await startWithRecorders({ midway: 'closed', graceSeconds: 10 });
    const client = passage.connect();
    await until(() => client.text(1) === 'ready\n');
    recorders.become({ kind: 'owed', sinceMs: 0, attempts: [lostAt(VAULT)] });
    await until(() => client.text(2) !== '');
    expect(client.text(2)).toContain('this session ends in 10 s');
    await clock.advance(9_000);
    client.send(0, 'still here\n');
    await until(() => client.text(1) === 'ready\nstill here\n');
    await clock.advance(1_000);
    await client.closed;
    expect(client.text(2)).toContain('it has to be on record at a recorder');
    const { events, sidecar } = await passage.recorded();
    expect(sidecar.state).toMatchObject({ end: { kind: 'failed' } });
    expect(events.filter(({ kind }) => kind === 'marker')).toHaveLength(2);
    expect(recorders.deeds).toEqual(['connect vault', 'begin', 'ended']);
  });
});

test('what has to be read is what has to be recorded, or has to be at a recorder', () => {
  expect(mustBeRead(DEFAULT_ANSWER)).toBe(false);
  expect(mustBeRead({ ...DEFAULT_ANSWER, ...REQUIRED })).toBe(true);
  expect(mustBeRead({ ...DEFAULT_ANSWER, midway: 'closed' })).toBe(false);
  expect(mustBeRead({ ...DEFAULT_ANSWER, recorders: [VAULT], midway: 'closed' })).toBe(true);
  expect(mustBeRead({ ...DEFAULT_ANSWER, recorders: [VAULT], atStart: 'closed' })).toBe(true);
});
