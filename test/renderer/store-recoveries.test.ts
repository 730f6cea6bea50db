import { expect, test } from 'vitest';
import type { RecoveryInfo } from '../../preload/contract-recovery.ts';
import { createRecoveryStore } from '../../renderer/store-recoveries.ts';
import { createPageCore } from '../fakes/page-core.ts';

test('what was mended before the page came and since counts once, until it is dismissed', async () => {
  const before: RecoveryInfo = { recordingId: 'a', kind: 'recovered' };
  const core = createPageCore({ recoveries: [before] });
  const store = createRecoveryStore(core.client);
  core.emit('library.recovered', before);
  core.emit('library.recovered', { recordingId: 'b', kind: 'damaged' });
  await store.load();
  expect(store.found.value.map(({ recordingId }) => recordingId)).toEqual(['a', 'b']);
  store.dismiss();
  expect(store.found.value).toEqual([]);
  store.end();
});
