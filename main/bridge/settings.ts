import type { SettingsState } from '../../preload/contract.ts';
import { parseRecipient } from '../recording/encryption/age.ts';
import { checkPatterns } from '../recording/redaction/redaction-patterns.ts';
import type { SettingsStore } from '../settings/settings.ts';
import { toProblem } from './problem.ts';
import type { CallsOf, Rooms } from './rooms.ts';

export function answerSettings({ settings }: Rooms): CallsOf<'settings.get' | 'settings.set'> {
  return {
    'settings.get': async () => toSettingsState(settings.current()),
    'settings.set': async ({ changes }) => {
      if (changes.encryption) await Promise.all(changes.encryption.recipients.map(parseRecipient));
      if (changes.redaction) checkPatterns(changes.redaction.patterns);
      return toSettingsState(await settings.set(changes));
    },
  };
}

export function toSettingsState(current: ReturnType<SettingsStore['current']>): SettingsState {
  return { settings: current.settings, problems: current.problems.map(toProblem) };
}
