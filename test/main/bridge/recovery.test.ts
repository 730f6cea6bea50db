import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { startTestCore, type TestCore } from '../../fakes/core.ts';
import { recordCutSession } from '../../fakes/recordings.ts';

let app: TestCore;
afterEach(() => app.end());

test('a page is told what was cut off and mended, also before it came', async () => {
  app = await startTestCore();
  const folder = join(app.home, 'recordings');
  await mkdir(folder, { recursive: true });
  const { recordingId } = await recordCutSession(folder, hostname());
  const first = app.connect();
  const told = new Promise((resolve) => first.on('library.recovered', resolve));
  await first.call('library.list', {});
  expect(await told).toEqual({ recordingId, kind: 'recovered' });
  expect(await app.connect().call('library.recoveries', {})).toEqual([{ recordingId, kind: 'recovered' }]);
});
