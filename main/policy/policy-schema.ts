import { isAbsolute } from 'node:path';
import * as v from 'valibot';
import type { PolicyUpdates, RuleMatch, RuleSayings } from './policy.ts';
import { COLOURS } from './strictest-answer.ts';

export interface PolicyDocument {
  readonly version: 1;
  readonly updates?: PolicyUpdates;
  readonly rules: readonly (RuleSayings & {
    readonly name: string;
    readonly match?: RuleMatch;
    readonly except?: RuleMatch;
  })[];
}

/** Messages follow a key's name: `graceSeconds must be …`. */
const MAX_TEXT = 512;
const MAX_GLOBS = 256;
const MAX_RULES = 1_024;
const MAX_RECORDERS = 16;
/** Each is a line of every request. */
const MAX_IMPERSONATED = 64;

const text = (what: string): v.GenericSchema<unknown, string> =>
  v.pipe(
    v.string(`must be ${what}; in quotes where YAML takes it for something else`),
    v.minLength(1, `must be ${what}, and is empty`),
    v.maxLength(MAX_TEXT, `must have at most ${MAX_TEXT} characters`),
    v.regex(/^\P{Cc}*$/u, 'must be one line without control characters'),
  );

/** valibot takes a list for a map of numbers. */
const noList = (message: string) => v.check((value: unknown) => !Array.isArray(value), message);

const oneOf = <const Words extends readonly string[]>(words: Words) =>
  v.picklist(words, `must be ${listWords(words)}`);

const wholeNumber = (least: number, most: number) => {
  const message = `must be a whole number from ${least} to ${most}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message));
};

const globs = v.pipe(
  v.union(
    [
      text('a glob'),
      v.pipe(
        v.array(text('a glob')),
        v.minLength(1, 'must name at least one'),
        v.maxLength(MAX_GLOBS, `must name at most ${MAX_GLOBS}`),
      ),
    ],
    'must be a glob or a list of globs, each in quotes where YAML takes it for something else',
  ),
  v.transform((given): readonly string[] => (typeof given === 'string' ? [given] : given)),
);

const matchEntries = {
  context: v.exactOptional(globs),
  cluster: v.exactOptional(globs),
  namespace: v.exactOptional(globs),
  pod: v.exactOptional(globs),
  container: v.exactOptional(globs),
  user: v.exactOptional(globs),
};

const match = v.pipe(
  v.unknown(),
  noList('must be a map of globs'),
  v.strictObject(matchEntries, 'must be a map of globs'),
);

const except = v.pipe(
  match,
  v.check(
    (given) => Object.keys(given).length > 0,
    'must name something: without that it takes out everything',
  ),
);

const file = v.pipe(
  text('a path'),
  v.check((path) => isAbsolute(path), 'must be an absolute path'),
);

/** No path of a stream on it: what a recorder wants behind its address it says itself. */
const SCHEMES = {
  tsrecorder: ['http:', 'https:'],
  asciinema: ['http:', 'https:'],
  alis: ['ws:', 'wss:', 'http:', 'https:'],
};
const HOST_AND_PORT = /^(?:\[[0-9a-f:.]+\]|[a-z0-9.-]+):\d{1,5}$/i;

const recorderEntries = {
  kind: oneOf(['tsrecorder', 'asciinema', 'alis']),
  url: text('an address'),
  name: v.exactOptional(text('a name')),
  tokenFile: v.exactOptional(file),
  caFile: v.exactOptional(file),
  certFile: v.exactOptional(file),
  keyFile: v.exactOptional(file),
};

const recorder = v.pipe(
  v.unknown(),
  noList('must be a map with kind and url'),
  v.strictObject(recorderEntries, 'must be a map with kind and url'),
  v.forward(
    v.partialCheck(
      [['kind'], ['url']],
      ({ kind, url }) =>
        (kind === 'tsrecorder' && HOST_AND_PORT.test(url)) ||
        SCHEMES[kind].includes(URL.parse(url)?.protocol ?? ''),
      'must be an address: http://… or https://…, for tsrecorder also host:port, for alis also wss://…',
    ),
    ['url'],
  ),
  v.forward(
    v.partialCheck(
      [['url']],
      ({ url }) => {
        const { username = '', password = '' } = URL.parse(url) ?? {};
        return username === '' && password === '';
      },
      'must not hold a password or a token; name a tokenFile',
    ),
    ['url'],
  ),
  v.forward(
    v.partialCheck(
      [['certFile'], ['keyFile']],
      ({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined),
      'must be given together with keyFile',
    ),
    ['certFile'],
  ),
);

const texts = (what: string) => {
  const list = v.array(text(what), `must be a list, each of it ${what}`);
  return v.pipe(list, v.maxLength(MAX_IMPERSONATED, `must name at most ${MAX_IMPERSONATED}`));
};

const impersonateEntries = {
  user: text('a user'),
  uid: v.exactOptional(text('a uid')),
  groups: v.exactOptional(texts('a group')),
  extra: v.exactOptional(
    v.pipe(
      v.unknown(),
      noList('must be a map of lists'),
      v.record(v.string(), texts('a value'), 'must be a map of lists'),
    ),
  ),
};

const impersonate = v.pipe(
  v.unknown(),
  noList('must be a map with a user'),
  v.strictObject(impersonateEntries, 'must be a map with a user'),
);

const sayingEntries = {
  recording: v.exactOptional(oneOf(['required', 'best-effort', 'off'])),
  recorders: v.exactOptional(
    v.pipe(
      v.array(recorder, 'must be a list of recorders'),
      v.minLength(1, 'must name at least one recorder'),
      v.maxLength(MAX_RECORDERS, `must name at most ${MAX_RECORDERS} recorders`),
    ),
  ),
  atStart: v.exactOptional(oneOf(['open', 'closed'])),
  midway: v.exactOptional(oneOf(['open', 'closed'])),
  graceSeconds: v.exactOptional(wholeNumber(0, 3_600)),
  apiRequests: v.exactOptional(oneOf(['untold', 'told', 'required'])),
  reason: v.exactOptional(oneOf(['not-asked', 'asked', 'required'])),
  confirm: v.exactOptional(oneOf(['none', 'typed'])),
  colour: v.exactOptional(oneOf(COLOURS)),
  input: v.exactOptional(oneOf(['never', 'allowed', 'always'])),
  redaction: v.exactOptional(oneOf(['user', 'always'])),
  retentionDays: v.exactOptional(wholeNumber(1, 36_500)),
  pause: v.exactOptional(oneOf(['allowed', 'never'])),
  impersonate: v.exactOptional(impersonate),
};

const SAYINGS = Object.keys(sayingEntries);

const rule = v.pipe(
  v.unknown(),
  noList('must be a map with a name and what it says'),
  v.strictObject(
    {
      name: text('a name'),
      match: v.exactOptional(match),
      except: v.exactOptional(except),
      ...sayingEntries,
    },
    'must be a map with a name and what it says',
  ),
  v.check(
    (said) => SAYINGS.some((key) => key in said),
    'says nothing: neither recording nor any other setting',
  ),
  v.forward(
    v.partialCheck(
      [['recording'], ['recorders']],
      (said) => said.recording !== 'off' || said.recorders === undefined,
      'must not be off in a rule that names recorders',
    ),
    ['recording'],
  ),
);

const updateEntries = {
  channel: v.exactOptional(oneOf(['stable', 'beta'])),
  check: v.exactOptional(oneOf(['automatic', 'by-hand', 'off'])),
};

const updates = v.pipe(
  v.unknown(),
  noList('must be a map with channel and check'),
  v.strictObject(updateEntries, 'must be a map with channel and check'),
);

export const policySchema: v.GenericSchema<unknown, PolicyDocument> = v.pipe(
  v.unknown(),
  noList('must be a map with version and rules'),
  v.strictObject(
    {
      version: v.literal(1, 'must be 1'),
      updates: v.exactOptional(updates),
      rules: v.pipe(
        v.array(rule, 'must be a list of rules'),
        v.maxLength(MAX_RULES, `must be at most ${MAX_RULES}`),
      ),
    },
    'must be a map with version and rules',
  ),
);

/** Which keys stand where, for those that are written elsewhere or otherwise. */
export const KEYS: Readonly<
  Record<'policy' | 'rule' | 'match' | 'recorder' | 'impersonate' | 'updates', readonly string[]>
> = {
  policy: ['version', 'rules', 'updates'],
  updates: Object.keys(updateEntries),
  rule: ['name', 'match', 'except', ...SAYINGS],
  match: Object.keys(matchEntries),
  recorder: Object.keys(recorderEntries),
  impersonate: Object.keys(impersonateEntries),
};

function listWords(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
