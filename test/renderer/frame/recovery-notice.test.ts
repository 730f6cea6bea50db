import { expect, test } from 'vitest';
import type { RecoveryInfo } from '../../../preload/contract-recovery.ts';
import { describeRecoveries } from '../../../renderer/frame/recovery-notice.tsx';

const found = (...kinds: readonly RecoveryInfo['kind'][]): readonly RecoveryInfo[] =>
  kinds.map((kind, at) => ({ recordingId: String(at), kind }));

test('what was cut off is counted, and what is damaged told apart', () => {
  expect(describeRecoveries(found('recovered'))).toBe(
    '1 recording was cut off when Kubereel, or this machine, stopped. It ends with the last that had been written.',
  );
  expect(describeRecoveries(found('recovered', 'recovered'))).toMatch(/^2 recordings were .* They end with/);
  expect(describeRecoveries(found('damaged'))).toMatch(/It has gaps where lines cannot be read\.$/);
  expect(describeRecoveries(found('damaged', 'damaged'))).toMatch(/They have gaps/);
  expect(describeRecoveries(found('recovered', 'damaged'))).toMatch(/1 of them has gaps/);
  expect(describeRecoveries(found('recovered', 'damaged', 'damaged'))).toMatch(/2 of them have gaps/);
});
