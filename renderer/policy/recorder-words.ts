/** The recorders that the policy names, in words. Pure. */
import type { PolicyState } from '../../preload/contract.ts';
import type { RecorderName } from '../../preload/contract-uploads.ts';
import { describeMatch } from './policy-words.ts';

export interface NamedRecorder {
  readonly key: string;
  readonly recorder: RecorderName;
  /** The rules that name it, and for which shells they are. */
  readonly rules: readonly { readonly name: string; readonly shells: string; readonly isLocked: boolean }[];
}

/** Each once and in the order in which they are tried, as the core counts them. */
export function recordersOf({ files }: PolicyState): readonly NamedRecorder[] {
  const found = new Map<string, NamedRecorder>();
  for (const { rules, isLocked } of files) {
    for (const rule of rules) {
      for (const recorder of rule.recorders ?? []) {
        const key = `${recorder.kind} ${recorder.url}`;
        const before = found.get(key) ?? { key, recorder, rules: [] };
        const named = { name: rule.name, shells: describeMatch(rule), isLocked };
        found.set(key, { ...before, rules: [...before.rules, named] });
      }
    }
  }
  return [...found.values()];
}

export function describeRecorders(state: PolicyState): string {
  if (state.files.some((file) => file.state === 'failed')) {
    return 'A file of the policy has mistakes: until it is mended, those that it names are not known.';
  }
  return recordersOf(state).length === 0
    ? 'The policy names none: recordings stay on this machine. A rule that names some has the recordings of its shells delivered to them.'
    : 'Where the policy has recordings delivered to. For each shell those of its rules are tried in this order.';
}

/** What the policy calls it, or its address without what all addresses have: `casts.example.com/shop`. */
export function recorderName({ name, url }: Pick<RecorderName, 'name' | 'url'>): string {
  return name ?? url.replace(/^[a-z]+:\/\//i, '').replace(/\/$/, '');
}

const KINDS: Readonly<Record<RecorderName['kind'], string>> = {
  tsrecorder: 'tsrecorder',
  asciinema: 'asciinema server',
  alis: 'asciinema server, live',
};

export function describeKind(kind: RecorderName['kind']): string {
  return KINDS[kind];
}
