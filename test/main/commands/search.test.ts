import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeKeyring, recordEncrypted } from '../../fakes/encryption.ts';
import { type KubereelResult, runKubereel } from '../../fakes/kubereel-cli.ts';
import { runHere } from '../../fakes/kubereel-here.ts';
import { recordSession } from '../../fakes/recordings.ts';
import { placeOutputs } from '../../fakes/search.ts';

let home: string;
let folder: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'kubereel-search-'));
  folder = join(home, 'recordings');
  await mkdir(folder, { mode: 0o700 });
});
afterAll(() => rm(home, { recursive: true, force: true }));

function run(args: readonly string[]): Promise<KubereelResult> {
  return runHere(home, args);
}

test('search prints recording, time and line, and its exit code is that of grep', async () => {
  await placeOutputs(folder, 'casts-of-others', ['before\r\n', 'the Needle in it\r\n', 'after\r\n']);
  const { recordingId } = await recordSession(folder);
  const found = await runKubereel(join(home, 'none'), ['search', 'needle'], { KUBEREEL_HOME: home });
  expect(found).toMatchObject({ code: 0, stderr: '' });
  expect(found.stdout.toString()).toBe(
    'casts-of-others  2023-11-14T22:13:20Z\n  00:00:01.0  the Needle in it\n\n',
  );
  const around = await run(['search', 'needle', '--around']);
  expect(around.stdout.toString()).toMatch(/ before\n {2}00:00:01.0 {2}the Needle in it\n +after\n/);
  expect(await run(['search', 'no such thing'])).toMatchObject({ code: 1, stderr: '' });

  expect(await run(['search', 'hello', '--pod', 'web-2'])).toMatchObject({ code: 1 });
  const json = await run(['search', 'HELLO', '--context', 'kind', '-n', 'shop', '--pod', 'web-1', '--json']);
  expect(json.code).toBe(0);
  expect(JSON.parse(json.stdout.toString())).toMatchObject({
    recordings: [
      {
        recordingId,
        recording: { pod: 'web-1', state: 'closed' },
        lineCount: 1,
        lines: [{ text: 'hello', timeMicros: 1_500_000, place: { from: 0, to: 5 } }],
      },
    ],
    unsearched: { encrypted: 0, unreadable: 0, waiting: 0 },
  });
});

test('what a terminal wrote is not obeyed again, and long recordings are cut short with their count', async () => {
  await placeOutputs(folder, 'many', [
    Array.from({ length: 30 }, (_, number) => `pin\u202e ${number}\r\n`).join(''),
  ]);
  const { stdout } = await run(['search', 'pin', '-m', '5']);
  expect(stdout.toString()).toContain('pin\\u202e 4\n  … 25 more\n');
});

test('encrypted recordings are told as not searched', async () => {
  const { recipient } = await makeKeyring();
  await recordEncrypted(folder, [recipient], ['in the dark\r\n']);
  const { code, stderr } = await run(['search', 'in the dark']);
  expect(code).toBe(1);
  expect(stderr).toContain('recordings that were not searched: 1 (encrypted');
});
