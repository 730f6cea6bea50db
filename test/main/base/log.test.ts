import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLog } from '../../../main/base/log.ts';

test('fields that hold secrets are never written', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'kubereel-log-')), 'log');
  const log = createLog({ level: 'info', destination: path });
  log.info({ token: 'marker-1', credential: { authorization: 'marker-2' }, context: 'prod' }, 'connected');
  log.child({ session: 's1' }).warn({ headers: { authorization: 'marker-3' } }, 'refused');
  log.debug({}, 'below the level');
  const text = await readFile(path, 'utf8');
  expect(text).not.toContain('marker');
  expect(text).toContain('"context":"prod"');
  expect(text).toContain('"session":"s1"');
  expect(text).not.toContain('below the level');
});
