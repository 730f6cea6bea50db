import { type PemState, scanPem } from './pem-body.ts';
import type { ByteRange } from './plain-text.ts';
import type { CompiledPattern } from './redaction-patterns.ts';
import { PRIVATE_KEY_RULE, type RedactionRule, TOKEN_RULES, VALUE_RULES } from './redaction-rules.ts';

/**
 * Finds secrets in a text that comes in pieces: what it has seen of the present line, and the secret that the last
 * piece ended in, it remembers. Text is latin1, lines end with `\n`.
 */
export interface SecretFinder {
  /** Where there are secrets in the text that follows what was passed, and up to where that cannot change any more. */
  look(text: string, force: Force): Finding;
  /** This much of the text that was looked at last is done with. */
  pass(characters: number): void;
}

/**
 * Whether text is given up that might still become a secret: no; all but the last; all, though more of it may come;
 * all, as nothing more comes.
 */
export type Force = 'none' | 'most' | 'all' | 'end';

export interface Finding {
  /** In order, apart from each other. Those beyond `decided` may change. */
  readonly spans: readonly SecretSpan[];
  readonly decided: number;
  /** The first span goes on with the one that the text passed last ended in. */
  readonly isContinued: boolean;
}

export interface SecretSpan extends ByteRange {
  /** What found it first: a built-in rule's id, or the name of an own pattern. */
  readonly rule: string;
}

/** What a line's start is remembered of: longer than any key's name and token's start, and than most lines. */
const CONTEXT = 1024;
/** Of a text that grows too long, as much may still become a secret. */
const RECENT = 1024;
/** A secret that begins before that is kept whole where it has no more than this. */
const LONGEST_KEPT = 3 * 1024;

interface RuleGroup {
  /** Its groups are the hints of `rules`. */
  readonly hint: RegExp;
  /** Those of one hint together. */
  readonly rules: readonly (readonly RedactionRule[])[];
}

/** Scanned for together, so that text without any of them costs one look each. */
const GROUPS: readonly RuleGroup[] = [createGroup(TOKEN_RULES, 'g'), createGroup(VALUE_RULES, 'gi')];

interface Match extends SecretSpan {
  readonly rest: RegExp | undefined;
}

export function createSecretFinder(patterns: readonly CompiledPattern[]): SecretFinder {
  /** Of the present line, passed. */
  let before = '';
  /** What goes on of a secret that was passed in part. */
  let rest: { readonly pattern: RegExp; readonly rule: string } | undefined;
  let pem: PemState | undefined;
  let last: { text: string; matches: readonly Match[] } = { text: '', matches: [] };
  let endedInSecret = false;

  function findAll(whole: string, seen: number, force: Force): Match[] {
    const matches: Match[] = [];
    if (rest) {
      const { pattern, rule } = rest;
      pattern.lastIndex = seen;
      const end = seen + (pattern.exec(whole)?.[0].length ?? 0);
      matches.push({ start: seen, end, rule, rest: pattern });
    }
    for (const group of GROUPS) findInGroup(group, whole, seen, matches);
    for (const pattern of patterns) {
      for (const range of pattern.find(whole)) {
        matches.push({ ...range, rule: pattern.name, rest: undefined });
      }
    }
    for (const range of scanPem(whole, seen, pem).spans) {
      matches.push({ ...range, rule: PRIVATE_KEY_RULE, rest: undefined });
    }
    if (force === 'all') matches.push(...findBegun(whole));
    if (matches.length === 0) return matches;
    return matches
      .map((match) => ({ ...match, start: Math.max(match.start, seen) - seen, end: match.end - seen }))
      .filter(({ start, end }) => start < end)
      .sort((a, b) => a.start - b.start);
  }

  /** How far text is decided where nothing is forced: up to the last word, or line, that is not complete. */
  function decide(whole: string, seen: number): number {
    const lineStart = whole.lastIndexOf('\n') + 1;
    if (patterns.length > 0) return Math.max(lineStart, seen);
    if (scanPem(whole.slice(0, lineStart), seen, pem).state?.kind === 'lines')
      return Math.max(lineStart, seen);
    return Math.max(wordStart(whole), seen);
  }

  function decideMost(text: string, spans: readonly ByteRange[]): number {
    const wanted = Math.max(0, text.length - RECENT);
    const straddling = spans.find(({ start, end }) => start < wanted && end > wanted);
    return straddling && text.length - straddling.start <= LONGEST_KEPT ? straddling.start : wanted;
  }

  return {
    look(text, force) {
      const whole = before + text;
      const seen = before.length;
      const matches = findAll(whole, seen, force);
      last = { text, matches };
      const spans = merge(matches);
      const decided =
        force === 'all' || force === 'end'
          ? text.length
          : Math.max(decide(whole, seen) - seen, force === 'most' ? decideMost(text, spans) : 0);
      return { spans, decided, isContinued: endedInSecret && spans[0]?.start === 0 };
    },
    pass(characters) {
      if (characters === 0) return;
      const passed = last.text.slice(0, characters);
      const whole = before + passed;
      const open = last.matches.filter(({ start, end }) => start < characters && end >= characters);
      endedInSecret = open.length > 0;
      const goingOn = open.find((match) => match.rest !== undefined);
      rest = goingOn?.rest && { pattern: goingOn.rest, rule: goingOn.rule };
      pem = scanPem(whole, before.length, pem).state;
      before = whole.slice(Math.max(whole.lastIndexOf('\n') + 1, whole.length - CONTEXT));
    },
  };
}

function findInGroup({ hint, rules }: RuleGroup, whole: string, seen: number, matches: Match[]): void {
  const doneUpTo: number[] = [];
  hint.lastIndex = 0;
  for (let hit = hint.exec(whole); hit; hit = hint.exec(whole)) {
    const which = hit.findIndex((text, index) => index > 0 && text !== undefined) - 1;
    if (hit.index < (doneUpTo[which] ?? 0)) continue;
    const lineStart = whole.lastIndexOf('\n', hit.index) + 1;
    const found = whole.indexOf('\n', hit.index);
    const lineEnd = found < 0 ? whole.length : found;
    const line = whole.slice(lineStart, lineEnd);
    for (const rule of rules[which] ?? []) {
      for (const match of findByRule(rule, line)) {
        const end = lineStart + match.end;
        if (end > seen) matches.push({ ...match, start: lineStart + match.start, end });
      }
    }
    doneUpTo[which] = lineEnd;
  }
}

function* findByRule(rule: RedactionRule, line: string): Generator<Match> {
  for (const match of line.matchAll(rule.pattern)) {
    if (rule.accepts && !rule.accepts(match[0])) continue;
    yield toMatch(rule, match);
  }
}

function toMatch(rule: RedactionRule, match: RegExpExecArray): Match {
  const head = match[1] ?? '';
  const end = match.index + match[0].length;
  return { start: match.index + head.length, end, rule: rule.id, rest: rule.rest(head) };
}

/** Tokens that begin in the last word and may have been cut. */
function findBegun(whole: string): Match[] {
  const start = wordStart(whole);
  const word = whole.slice(start);
  return TOKEN_RULES.flatMap((rule) =>
    rule.begun
      ? [...word.matchAll(rule.begun)].map((match) => {
          const found = toMatch(rule, match);
          return { ...found, start: start + found.start, end: start + found.end };
        })
      : [],
  );
}

/** Where the last word begins. A space or a return at the end may yet turn out to be how a word was wrapped. */
function wordStart(text: string): number {
  let end = text.length;
  if (text[end - 1] === '\r') end -= 1;
  if (text[end - 1] === ' ') end -= 1;
  while (end > 0 && text.charCodeAt(end - 1) > 0x20) end -= 1;
  return end;
}

function merge(matches: readonly Match[]): SecretSpan[] {
  const spans: { readonly start: number; end: number; readonly rule: string }[] = [];
  for (const { start, end, rule } of matches) {
    const previous = spans.at(-1);
    if (previous && start <= previous.end) previous.end = Math.max(previous.end, end);
    else spans.push({ start, end, rule });
  }
  return spans;
}

function createGroup(rules: readonly RedactionRule[], flags: string): RuleGroup {
  const byHint = Map.groupBy(rules, ({ hint }) => hint);
  return {
    hint: new RegExp([...byHint.keys()].map((hint) => `(${hint})`).join('|'), flags),
    rules: [...byHint.values()],
  };
}
