import * as v from 'valibot';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { findNearMiss } from './near-miss.ts';
import type { PolicyProblem, PolicyRule, PolicySetting, PolicyUpdates } from './policy.ts';
import { KEYS, type PolicyDocument, policySchema } from './policy-schema.ts';

export interface PolicyText {
  /** In the order of the file; none where there is a problem. */
  readonly rules: readonly PolicyRule[];
  /** What it says of updates of the app; absent where it says nothing, or has a problem. */
  readonly updates?: PolicyUpdates;
  /** All of them, in the order of the file. */
  readonly problems: readonly PolicyProblem[];
}

/** Of aliases, once all of them are followed: a small file may not grow without limit. */
const MAX_ALIASES = 1_000;

/** Reads the text of a policy file. Never throws: a text that is no policy has problems. */
export function parsePolicyText(text: string, file: string): PolicyText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', uniqueKeys: true });
  const told: PolicyProblem[] = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    file,
    ...placeAt(lines, pos[0]),
    message: `this is not valid YAML: ${describeMistake(code, message)}`,
  }));
  if (told.length > 0) return { rules: [], problems: inOrder(told) };
  const value = toValue(document);
  if (value instanceof Error) return { rules: [], problems: [{ file, message: value.message }] };
  const parsed = v.safeParse(policySchema, value);
  const problems = parsed.success
    ? findTwins(document, lines, parsed.output, file)
    : parsed.issues.map((issue) => describeIssue(document, lines, issue, file));
  if (problems.length > 0 || !parsed.success) return { rules: [], problems: inOrder(problems) };
  const { rules, updates } = parsed.output;
  return {
    rules: rules.map((rule, at) => toRule(document, lines, rule, at, file)),
    ...(updates === undefined ? {} : { updates }),
    problems,
  };
}

function toValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    return new Error('this cannot be read: too many aliases, or one of something that is not there', {
      cause: error,
    });
  }
}

type Keys = readonly (string | number)[];
type Issue = v.BaseIssue<unknown>;

function describeIssue(document: Document, lines: LineCounter, issue: Issue, file: string): PolicyProblem {
  const items = issue.path ?? [];
  const keys = items.map(({ key }) => key as string | number);
  const last = items.at(-1);
  const name = String(keys.at(-1) ?? '');
  const isObjectIssue = issue.type === 'strict_object' && last !== undefined;
  if (isObjectIssue && issue.expected === 'never') {
    return { file, ...placeOf(document, lines, keys, 'key'), ...describeUnknownKey(keys, name) };
  }
  if (isObjectIssue && last.origin === 'key') {
    return { file, ...placeOf(document, lines, keys.slice(0, -1), 'value'), message: `${name} is missing` };
  }
  const place = placeOf(document, lines, keys, 'value');
  return { file, ...place, ...describeValue(keys, issue) };
}

function describeValue(keys: Keys, issue: Issue): Pick<PolicyProblem, 'message' | 'hint'> {
  const key = keys.findLast((one) => typeof one === 'string');
  const subject = typeof keys.at(-1) === 'number' ? `this entry of ${key}` : (key ?? 'the policy');
  const message = `${subject} ${issue.message}`;
  if (issue.type !== 'picklist' || typeof issue.input !== 'string') return { message };
  const words = (issue.requirement ?? []) as readonly unknown[];
  const options = words.length > 0 ? words : optionsOf(issue);
  const near = findNearMiss(issue.input, options.map(String));
  return near === undefined ? { message } : { message, hint: `Did you mean ${near}?` };
}

/** valibot gives them as one text: `("required" | "off")`. */
function optionsOf({ expected }: Issue): readonly string[] {
  return [...(expected ?? '').matchAll(/"([^"]*)"/g)].map(([, word = '']) => word);
}

function describeUnknownKey(keys: Keys, name: string): Pick<PolicyProblem, 'message' | 'hint'> {
  const place = placeKind(keys);
  const message = `${place.what} has no key ${JSON.stringify(name)}`;
  const near = findNearMiss(name, KEYS[place.kind]);
  if (near !== undefined) return { message, hint: `Did you mean ${near}?` };
  const home = (['rule', 'match', 'recorder', 'impersonate', 'updates'] as const).find((kind) =>
    KEYS[kind].includes(name),
  );
  if (home !== undefined) return { message, hint: `${name} stands ${HOMES[home]}.` };
  return { message, hint: `Its keys are ${KEYS[place.kind].join(', ')}.` };
}

const HOMES = {
  rule: 'in a rule',
  match: 'under match or except',
  recorder: 'in one of recorders',
  impersonate: 'under impersonate',
  updates: 'under updates',
} as const;

function placeKind(keys: Keys): { readonly kind: keyof typeof KEYS; readonly what: string } {
  const around = keys.slice(0, -1).findLast((key) => typeof key === 'string');
  if (around === undefined) return { kind: 'policy', what: 'the policy' };
  if (around === 'rules') return { kind: 'rule', what: 'a rule' };
  if (around === 'updates') return { kind: 'updates', what: 'updates' };
  if (around === 'recorders') return { kind: 'recorder', what: 'a recorder' };
  if (around === 'impersonate') return { kind: 'impersonate', what: 'impersonate' };
  return { kind: 'match', what: around };
}

/** A reason is told by its rule's name: two of the same would leave open which. */
function findTwins(
  document: Document,
  lines: LineCounter,
  { rules }: PolicyDocument,
  file: string,
): PolicyProblem[] {
  return rules.flatMap(({ name }, at) => {
    const first = rules.findIndex((other) => other.name === name);
    if (first === at) return [];
    const { line } = placeOf(document, lines, ['rules', first, 'name'], 'value');
    const message = `the rule in line ${line} has the name ${JSON.stringify(name)} already`;
    return [{ file, ...placeOf(document, lines, ['rules', at, 'name'], 'value'), message }];
  });
}

function toRule(
  document: Document,
  lines: LineCounter,
  { name, match = {}, except, ...says }: PolicyDocument['rules'][number],
  at: number,
  file: string,
): PolicyRule {
  const settings = Object.keys(says) as PolicySetting[];
  const places = settings.map((setting) => [
    setting,
    placeOf(document, lines, ['rules', at, setting], 'key').line,
  ]);
  return {
    name,
    file,
    match,
    ...(except === undefined ? {} : { except }),
    says,
    lines: Object.fromEntries(places) as PolicyRule['lines'],
  };
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** Of the key or of the value at these keys, or of the nearest one around it that is there. */
function placeOf(document: Document, lines: LineCounter, keys: Keys, part: 'key' | 'value'): Place {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, key] of keys.entries()) {
    const holder: unknown = isAlias(node) ? node.resolve(document) : node;
    const isLast = index === keys.length - 1;
    if (isMap(holder)) {
      const pair = holder.items.find((item) => (isScalar(item.key) ? String(item.key.value) : '') === key);
      if (!pair) break;
      offset = startOf(isLast && part === 'key' ? pair.key : (pair.value ?? pair.key)) ?? offset;
      node = pair.value;
    } else if (isSeq(holder)) {
      node = holder.items[Number(key)];
      offset = startOf(node) ?? offset;
    } else break;
  }
  return placeAt(lines, offset);
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  // An empty text has no line that was counted.
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** The first line of the library's words, without the place that we tell ourselves. */
function describeMistake(code: string, message: string): string {
  const [words = ''] = message.split('\n');
  return (
    words.replace(/( at line \d+, column \d+:?|; please use .*)$/, '') ||
    code.toLowerCase().replaceAll('_', ' ')
  );
}

function inOrder(problems: readonly PolicyProblem[]): readonly PolicyProblem[] {
  return problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}
