import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createOrigins } from '../../../main/agent/origins.ts';
import { createSystemClock } from '../../../main/base/clock.ts';
import { watchFiles } from '../../../main/base/file-watch.ts';
import { runKubereel } from '../../fakes/kubereel-cli.ts';
import { runHere } from '../../fakes/kubereel-here.ts';
import { makeTemporaryFolder } from '../../fakes/temporary-folder.ts';

test('a page is allowed with a token that is printed once, listed without it, and removed', async () => {
  const home = await makeTemporaryFolder('origins');
  onTestFinished(home.remove);
  const file = join(home.path, 'origins.json');
  async function kubereel(...args: readonly string[]) {
    const { code, stdout, stderr } = await runHere(home.path, args);
    return { code, out: stdout.toString(), err: stderr };
  }

  const allowed = await runKubereel(
    join(home.path, 'none'),
    ['origins', 'allow', 'https://Console.example/path'],
    { KUBEREEL_HOME: home.path },
  );
  expect(allowed).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('https://console.example may open'),
  });
  const token = allowed.stdout.toString().trim();
  const origins = createOrigins({ clock: createSystemClock(), file, watchFiles });
  expect(await origins.find('https://console.example', token)).toBeDefined();
  expect(await readFile(file, 'utf8')).not.toContain(token);

  const listed = await kubereel('origins', 'list');
  expect(listed.out).toMatch(/^ORIGIN +ALLOWED\nhttps:\/\/console\.example +\d{4}-\d\d-\d\d\n$/);

  const refused = await kubereel('origins', 'allow', 'http://console.example');
  expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('without TLS') });

  expect((await kubereel('origins', 'remove', 'https://console.example')).code).toBe(0);
  expect(await origins.list()).toEqual([]);
});
