import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { createSigningKeys } from '../../../main/recording/integrity/signing-keys.ts';
import { laterMarksPathOf } from '../../../main/recording/later-marks.ts';
import { createCastWriter } from '../../../main/recording/writing/cast-writer.ts';
import { makeCastFolder, WEB_SHELL } from '../../fakes/cast-folder.ts';
import { type KubereelResult, runKubereel } from '../../fakes/kubereel-cli.ts';
import { runHere } from '../../fakes/kubereel-here.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

let home: string;
let cast: string;
let id: string;

/** Ten seconds, sealed by this home. */
beforeEach(async () => {
  home = await makeCastFolder();
  const clock = createManualClock();
  const keys = createSigningKeys({ folder: join(home, 'keys') });
  await mkdir(join(home, 'recordings'));
  const writer = await createCastWriter(
    { clock, folder: join(home, 'recordings'), signer: () => keys.signer() },
    WEB_SHELL,
  );
  await writer.output(Buffer.from('hello'), clock.nowMicros());
  await clock.advance(10_000);
  await writer.close({ kind: 'exited', exitCode: 0 }, clock.nowMicros());
  ({ path: cast, recordingId: id } = writer);
});

function kubereel(...args: string[]): Promise<KubereelResult> {
  return runHere(home, args);
}

test('a marker is set beside the sealed cast, which stays intact', async () => {
  const before = await readFile(cast);
  const set = await runKubereel(join(home, 'none'), ['mark', id, ' the\tfix ', '--at', '2s500ms'], {
    KUBEREEL_HOME: home,
  });
  expect(set.stdout.toString()).toBe(`${id}  2.500  the fix\n`);
  const atEnd = await kubereel('mark', id.slice(0, -1), '');
  expect(atEnd.stdout.toString()).toBe(`${id}  10.000  \n`);
  expect(await readFile(cast)).toEqual(before);
  const verified = await kubereel('verify', id);
  expect(verified.stdout.toString()).toContain('intact');
  const file = laterMarksPathOf(cast);
  await writeFile(file, (await readFile(file, 'utf8')).replace('the fix', 'the fax'));
  const altered = await kubereel('verify', id);
  expect(altered.code).toBe(1);
  expect(altered.stdout.toString()).toContain('not the markers that were added later');
});

test('a moment behind its end, and a recording that there is not, are refused', async () => {
  const late = await kubereel('mark', id, 'x', '--at', '11s');
  expect(late.code).toBe(1);
  expect(late.stderr).toContain('ends after 10.0 s');
  expect((await kubereel('mark', 'none', 'x')).stderr).toContain('there is no recording');
  expect((await kubereel('mark', id, 'x', '--at', 'soon')).stderr).toContain('Expected a duration');
});
