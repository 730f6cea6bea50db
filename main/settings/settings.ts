import { readFile, rename } from 'node:fs/promises';
import { writeFileAtomically } from '../base/atomic-file.ts';
import type { Clock } from '../base/clock.ts';
import { AppError, systemCode } from '../base/errors.ts';
import { createEmitter, type Event } from '../base/event.ts';
import { createTurns } from '../base/turns.ts';
import { defaultSettings, type Settings, settingsParsers } from './schema.ts';

export interface SettingsStore {
  current(): SettingsSnapshot;
  /** Changes these keys and keeps the others; resolves when it is on the disk. Keys of a newer version are kept. */
  set(changes: Partial<Settings>): Promise<SettingsSnapshot>;
  readonly onChanged: Event<SettingsSnapshot>;
}

export interface SettingsSnapshot {
  readonly settings: Settings;
  /** What of the file was not understood, in words; each such key has its default. */
  readonly problems: readonly AppError[];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Opens the settings. A key that is wrong falls back alone and is told; a file that is no JSON is moved aside,
 * so that the next change does not overwrite what somebody wrote by hand.
 */
export async function openSettings(needs: {
  readonly file: string;
  readonly clock: Pick<Clock, 'nowMs'>;
}): Promise<SettingsStore> {
  const changed = createEmitter<SettingsSnapshot>();
  const turns = createTurns();
  const loaded = await loadFields(needs);
  let fields = loaded.fields;
  let snapshot = interpret(fields, loaded.problems);

  return {
    current: () => snapshot,
    set: (changes) =>
      turns.take(async () => {
        const next = { ...fields, ...changes };
        await writeFileAtomically(needs.file, `${JSON.stringify(next, null, 2)}\n`);
        fields = next;
        snapshot = interpret(fields, []);
        changed.fire(snapshot);
        return snapshot;
      }),
    onChanged: changed.event,
  };
}

async function loadFields({
  file,
  clock,
}: {
  readonly file: string;
  readonly clock: Pick<Clock, 'nowMs'>;
}): Promise<{ fields: Fields; problems: readonly AppError[] }> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return { fields: {}, problems: [] };
    return { fields: {}, problems: [createProblem(`the settings file ${file} cannot be read`, cause)] };
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { fields: value as Fields, problems: [] };
    }
  } catch {
    // Told below, as for any other text that holds no settings.
  }
  const aside = `${file}.bad-${clock.nowMs()}`;
  await rename(file, aside);
  return {
    fields: {},
    problems: [createProblem(`the settings file was no JSON object; it is kept as ${aside}`)],
  };
}

function interpret(fields: Fields, problems: readonly AppError[]): SettingsSnapshot {
  const found = [...problems];
  function pick<Key extends keyof Settings>(key: Key): Settings[Key] {
    if (fields[key] === undefined) return defaultSettings[key];
    const value = settingsParsers[key](fields[key]);
    if (value !== undefined) return value;
    found.push(createProblem(`the setting ${key} is not understood and has its default`));
    return defaultSettings[key];
  }
  const settings: Settings = {
    theme: pick('theme'),
    fontFamily: pick('fontFamily'),
    fontSize: pick('fontSize'),
    scrollback: pick('scrollback'),
    copyOnSelect: pick('copyOnSelect'),
    rightClick: pick('rightClick'),
    pasteGuard: pick('pasteGuard'),
    cursorBlink: pick('cursorBlink'),
    screenReader: pick('screenReader'),
    minimumContrast: pick('minimumContrast'),
    reduceMotion: pick('reduceMotion'),
    textSize: pick('textSize'),
    replayIdleSeconds: pick('replayIdleSeconds'),
    debugImage: pick('debugImage'),
    recordingSessionMiB: pick('recordingSessionMiB'),
    recordingFreeMiB: pick('recordingFreeMiB'),
    recordingLibraryMiB: pick('recordingLibraryMiB'),
    promptMarkers: pick('promptMarkers'),
    mayPause: pick('mayPause'),
    recordingRequired: pick('recordingRequired'),
    redaction: pick('redaction'),
    encryption: pick('encryption'),
    retention: pick('retention'),
    updateChannel: pick('updateChannel'),
    updatesAutomatically: pick('updatesAutomatically'),
    recentTargets: pick('recentTargets'),
  };
  return { settings, problems: found };
}

function createProblem(message: string, cause?: unknown): AppError {
  return new AppError('settings-invalid', message, {
    hint: 'Change the setting here, or mend the file.',
    ...(cause === undefined ? {} : { cause }),
  });
}
