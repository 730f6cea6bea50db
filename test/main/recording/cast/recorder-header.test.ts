import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { describeRecording, stampRecording } from '../../../../main/library/library-file.ts';
import { parseHeader } from '../../../../main/recording/cast/cast.ts';
import { recoverRecording } from '../../../../main/recording/recovery.ts';
import { createRedaction } from '../../../../main/recording/redaction/redaction.ts';
import { createCastWriter } from '../../../../main/recording/writing/cast-writer.ts';
import {
  beginRecording,
  describeHeader,
  type NewRecording,
} from '../../../../main/recording/writing/new-recording.ts';
import { systemRecordingFiles } from '../../../../main/recording/writing/recording-files.ts';
import { makeCastFolder, readSidecar, WEB_SHELL } from '../../../fakes/cast-folder.ts';
import { makeKeyring } from '../../../fakes/encryption.ts';
import { findHeaderProblems } from '../../../fakes/foreign-cast-header.ts';
import { loadInAsciinemaPlayer } from '../../../fakes/foreign-player.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';
import { FOR_RECORDERS } from '../../../fakes/recorder-client.ts';

const { signal } = new AbortController();
async function record(recording: NewRecording) {
  const clock = createManualClock();
  const redaction = createRedaction({ enabled: false, patterns: [] });
  const writer = await createCastWriter({ clock, folder: await makeCastFolder(), redaction }, recording);
  await writer.output(Buffer.from('hello'), clock.nowMicros());
  await writer.close({ kind: 'exited', exitCode: 0 }, clock.nowMicros());
  const [header = ''] = (await readFile(writer.path, 'utf8')).split('\n');
  return { path: writer.path, header };
}

test('what a recorder gets begins with the header of its own clients, and our key besides', async () => {
  const { header, path } = await record(FOR_RECORDERS);
  const { kubereel, ...theirs } = JSON.parse(header);
  expect(theirs).toEqual(
    JSON.parse(
      '{"version":2,"width":120,"height":40,"timestamp":1700000000,"command":"sh","srcNode":"laptop.tail1.ts.net","srcNodeID":"nXYZ","srcNodeUserID":7,"srcNodeUser":"a@b.c","env":null,"sshUser":"","localUser":"","connectionID":"","kubernetes":{"PodName":"web-0","Namespace":"prod","Container":"app","SessionType":"exec"}}',
    ),
  );
  expect(kubereel).toEqual({ context: 'kind' });
  expect(findHeaderProblems(header)).toEqual([]);
  expect((await loadInAsciinemaPlayer(path)).output).toBe('hello');
});

test('a shell that was attached to, and a command of several words', async () => {
  const details = {
    ...FOR_RECORDERS.details,
    command: ['ls', '-l', '/tmp'],
    origin: { kind: 'debug', target: 'app' },
  };
  const { header } = await record({ ...FOR_RECORDERS, details } as NewRecording);
  expect(JSON.parse(header)).toMatchObject({ command: 'ls -l /tmp', kubernetes: { SessionType: 'attach' } });
});

test('the dot at the end of a whole name stays away', async () => {
  const { details } = FOR_RECORDERS;
  const source = { node: 'laptop.tail1.ts.net.', nodeId: 'nXYZ', userId: 7, user: 'a@b.c' };
  const { header } = await record({ ...FOR_RECORDERS, details: { ...details, source } });
  expect(JSON.parse(header).srcNode).toBe('laptop.tail1.ts.net');
});

test('no command, no key', async () => {
  const { header } = await record({ ...FOR_RECORDERS, details: { ...FOR_RECORDERS.details, command: [] } });
  expect(header).not.toContain('"command"');
  expect(findHeaderProblems(header)).toEqual([]);
});

test('secrets in the command are masked there, as in the sidecar', async () => {
  const command = ['mysql', '--password=TOPSECRET'];
  const { header, path } = await record({
    ...FOR_RECORDERS,
    details: { ...FOR_RECORDERS.details, command },
  });
  expect(JSON.parse(header).command).toMatch(/^mysql --password=/);
  expect(header).not.toContain('TOPSECRET');
  expect(JSON.stringify(await readSidecar(path))).not.toContain('TOPSECRET');
});

test('a recording that goes nowhere has the header that it always had', async () => {
  const { header } = await record({ ...WEB_SHELL, startedAtMs: 1_700_000_000_000 });
  expect(header).toBe(
    '{"version":2,"width":80,"height":24,"env":{"TERM":"xterm-256color"},"timestamp":1700000000,"kubernetes":{"PodName":"web-1","Namespace":"shop","Container":"app","SessionType":"exec"},"kubereel":{"context":"kind"}}',
  );
});

test('it is read as any other recording, and its fields are in no row of the library', async () => {
  const { header, path } = await record(FOR_RECORDERS);
  expect(parseHeader(header)).toEqual({
    size: { cols: 120, rows: 40 },
    startedAtSeconds: 1_700_000_000,
    pod: { name: 'web-0', namespace: 'prod', container: 'app' },
    context: 'kind',
  });
  const stamp = await stampRecording(path);
  const row = await describeRecording(
    { isOwnerAlive: () => false },
    path,
    stamp as NonNullable<typeof stamp>,
    {
      signal,
    },
  );
  expect(row).toMatchObject({ pod: 'web-0', command: ['sh'] });
  expect(row).not.toHaveProperty('source');
});

test('a torn header is written again as it was', async () => {
  const clock = createManualClock();
  const { path, file } = await beginRecording(
    { clock, files: systemRecordingFiles },
    await makeCastFolder(),
    FOR_RECORDERS,
  );
  await file.close();
  const whole = await readFile(path, 'utf8');
  await writeFile(path, whole.slice(0, 40));
  expect(describeHeader(await readSidecar(path)).recorder?.source).toEqual(FOR_RECORDERS.details.source);
  await recoverRecording({ clock }, path, await readSidecar(path), { signal });
  expect(await readFile(path, 'utf8')).toBe(whole);
});

test('an encrypted recording names nobody in the clear', async () => {
  const clock = createManualClock();
  const { recipient } = await makeKeyring();
  const { path, file } = await beginRecording(
    { clock, files: systemRecordingFiles, encryptTo: [recipient] },
    await makeCastFolder(),
    FOR_RECORDERS,
  );
  await file.close();
  expect((await readSidecar(path)).details).not.toHaveProperty('source');
  expect(await readFile(path, 'latin1')).not.toContain('nXYZ');
});
