type Rule = (value: unknown) => boolean;

const isText: Rule = (value) => typeof value === 'string';
const isWhole: Rule = (value) => Number.isInteger(value);
const isTexts: Rule = (value) => Array.isArray(value) && value.every(isText);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The keys that are always there. */
const ALWAYS: Record<string, Rule> = {
  version: (value) => value === 2,
  width: isWhole,
  height: isWhole,
  timestamp: isWhole,
  srcNode: (value) => typeof value === 'string' && !value.endsWith('.'),
  srcNodeID: isText,
  env: (value) => value === null || (isObject(value) && Object.values(value).every(isText)),
  sshUser: isText,
  localUser: isText,
  connectionID: isText,
};
/** Left out where they say nothing; what is empty must not be there. */
const SOMETIMES: Record<string, Rule> = {
  command: (value) => isText(value) && value !== '',
  srcNodeTags: (value) => isTexts(value) && (value as unknown[]).length > 0,
  srcNodeUserID: isWhole,
  srcNodeUser: isText,
  kubernetes: isObject,
};
/** Go writes the fields of that struct by their own names. */
const KUBERNETES: Record<string, Rule> = {
  PodName: isText,
  Namespace: isText,
  Container: isText,
  SessionType: (value) => value === 'exec' || value === 'attach',
};

/**
 * How a first line differs from what a recorder of that protocol is sent. Keys that it does not know are no problem: it
 * reads with Go's `encoding/json`, which passes over them.
 */
export function findHeaderProblems(line: string): string[] {
  let header: unknown;
  try {
    header = JSON.parse(line);
  } catch {
    return ['the first line is no JSON'];
  }
  if (!isObject(header)) return ['the first line is no object'];
  const problems = Object.entries(ALWAYS).flatMap(([key, rule]) => judge(header, key, rule, true));
  problems.push(...Object.entries(SOMETIMES).flatMap(([key, rule]) => judge(header, key, rule, false)));
  const { kubernetes, srcNodeTags, srcNodeUser, srcNodeUserID } = header;
  if (isObject(kubernetes)) {
    problems.push(...Object.entries(KUBERNETES).flatMap(([key, rule]) => judge(kubernetes, key, rule, true)));
  }
  if (srcNodeTags !== undefined && (srcNodeUser !== undefined || srcNodeUserID !== undefined)) {
    problems.push('a node has tags or a user, never both');
  }
  return problems;
}

function judge(fields: Record<string, unknown>, key: string, rule: Rule, isNeeded: boolean): string[] {
  if (!(key in fields)) return isNeeded ? [`${key} is missing`] : [];
  return rule(fields[key]) ? [] : [`${key} is ${JSON.stringify(fields[key])}`];
}
