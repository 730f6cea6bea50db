import { expect, test } from 'vitest';
import {
  besideCast,
  isCastName,
  isEncryptedName,
  nameCast,
  toRecordingId,
} from '../../../main/recording/cast-path.ts';

test.each([true, false])(
  'the name of a cast tells its id and whether it is encrypted (%s)',
  (isEncrypted) => {
    const name = nameCast('20260101-000000-abcdef', { isEncrypted });
    expect(isCastName(name)).toBe(true);
    expect(isEncryptedName(name)).toBe(isEncrypted);
    expect(toRecordingId(`/home/x.cast.age/${name}`)).toBe('20260101-000000-abcdef');
    expect(besideCast(`/home/${name}`, '.json')).toBe('/home/20260101-000000-abcdef.json');
  },
);

test.each(['.cast', '.cast.age', 'x.age', 'x.json', 'x.cast.tmp'])('%s is the name of no cast', (name) => {
  expect(isCastName(name)).toBe(false);
});
