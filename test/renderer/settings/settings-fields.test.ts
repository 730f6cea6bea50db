import { expect, test } from 'vitest';
import { parseSetting, SETTING_FIELDS } from '../../../renderer/settings/settings-fields.ts';
import { FIRST_SETTINGS } from '../../fakes/page-things.ts';

test('every setting has its field, once, but for the recent targets and what has a section of its own', () => {
  const keys = SETTING_FIELDS.map((field) => field.key).sort();
  expect(keys).toEqual(
    Object.keys(FIRST_SETTINGS)
      .filter(
        (key) =>
          ![
            'recentTargets',
            'redaction',
            'encryption',
            'retention',
            'updateChannel',
            'updatesAutomatically',
          ].includes(key),
      )
      .sort(),
  );
});

test('what a setting holds is what its field can show', () => {
  for (const field of SETTING_FIELDS) {
    const value = FIRST_SETTINGS[field.key];
    if (field.kind === 'choice') expect(field.options.map((one) => one.value)).toContain(value);
    else expect(typeof value).toBe({ switch: 'boolean', text: 'string', number: 'number' }[field.kind]);
  }
});

test('a number is brought into its range, and half a number is none', () => {
  const range = { least: 8, most: 32 };
  expect([' 14 ', '900', '-3'].map((text) => parseSetting(text, range))).toEqual([14, 32, 8]);
  expect(['', 'x', '1.5', '1e3', '12px'].map((text) => parseSetting(text, range))).toEqual(
    Array(5).fill(undefined),
  );
});
