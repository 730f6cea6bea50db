/**
 * What the built-in redaction takes for a secret. All patterns run on one character a byte (latin1) and on single
 * lines, and are linear: no repetition stands in a repetition, and what they look ahead or behind is bounded.
 */
export interface RedactionRule {
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Source of an expression that costs little, without groups: a line without it has nothing for `pattern`. */
  readonly hint: string;
  /** Global. Its first group stays readable: the key, or the public start of a token. All after it is masked. */
  readonly pattern: RegExp;
  /** What `pattern` found is taken for a secret only where this says so. */
  accepts?(match: string): boolean;
  /** Global. A secret that has begun at the end of the text, for text that can wait no longer. */
  readonly begun?: RegExp;
  /** Sticky. What still belongs to a secret that went up to the end of the last text; `head` is its first group. */
  rest(head: string): RegExp;
}

/** Known by how it begins. Upper and lower case count. */
export const TOKEN_RULES: readonly RedactionRule[] = [
  createToken('aws-access-key-id', 'AWS access key ids', '(?<![A-Z0-9])A(?:KIA|SIA|BIA|CCA)', '[A-Z0-9]', 16),
  createToken('google-api-key', 'Google API keys', 'AIza', '[\\w-]', 35),
  createToken('google-oauth', 'Google OAuth tokens and client secrets', 'ya29\\.|GOCSPX-', '[\\w.-]', 20),
  createToken('azure-sas', 'Azure shared access signatures', '\\bsig=', '[\\w%+/=-]', 40),
  createToken(
    'azure-key',
    'Azure storage and service bus keys',
    '(?:Account|SharedAccess)Key=',
    '[A-Za-z0-9+/=]',
    20,
  ),
  createToken('github', 'GitHub tokens', 'gh[oprsu]_', '[\\w.-]', 36),
  createToken('github-fine-grained', 'GitHub fine-grained tokens', 'github_pat_', '\\w', 22),
  createToken(
    'gitlab',
    'GitLab tokens',
    'gl(?:pat|oas|dt|rtr?|cbt|ptt|ft|imt|agent|wt|soat|ffct)-',
    '[\\w.-]',
    20,
  ),
  createToken('slack', 'Slack tokens', 'xox[abceoprs]-|xoxe\\.xox[bp]-|xapp-', '[\\w-]', 10),
  createToken(
    'slack-webhook',
    'Slack webhooks',
    'hooks\\.slack\\.com/(?:services|workflows|triggers)/',
    '[\\w/]',
    20,
  ),
  {
    id: 'jwt',
    name: 'JSON web tokens',
    hint: 'eyJ',
    // The dot is asked for afterwards: a pattern with it would search a long word once from each `eyJ` in it.
    pattern: /(eyJ)[\w-]{8,}(?:\.[\w.-]+)?/g,
    accepts: (match) => match.includes('.'),
    begun: /(eyJ)[\w.-]+$/g,
    rest: () => /[\w.-]*/y,
  },
  {
    id: 'url-password',
    name: 'Passwords in addresses',
    hint: '://',
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no control stands in an address
    pattern: /(:\/\/[^\x00-\x20/:@"']{0,128}:)[^\x00-\x20/@"']{1,256}(?=@)/g,
    rest: () => NOTHING,
  },
];

const NOTHING = /(?!)/y;

/** Names whose value is a secret, whatever stands before them: `DB_PASSWORD`, `clientSecret`, `x-api-key`. */
const KEY = [
  'password|passwd|passphrase|passcode|(?<=[_-])pass|secret|token',
  // The shell's own PWD is a folder.
  'pwd(?=["\'`\\\\]{0,4}[ \\t]{0,16}[:=]{1,3}[ \\t]{0,16}["\'`\\\\]{0,4}[^/\\x00-\\x20])',
  '(?:access|account|api|app|auth|client|encryption|master|private|secret|shared|signing|storage)[_-]?' +
    '(?:access[_-]?)?key',
].join('|');
/** Also of JSON in JSON, where quotes are escaped. */
const QUOTES = '["\'`\\\\]{0,4}';
const SPACES = '[ \\t]{0,16}';
const SEPARATOR = '(?:=>|:=|={2,3}(?!=)|=(?![=>])|:(?![:=]))';
/** A flag's name is followed by its value: `--password hunter2`. */
const AFTER_FLAG = '(?<=(?:^|[\\s"\'])--?[\\w-]{1,64})[ \\t]{1,4}(?!-)';
const HEAD = `(?:${KEY})(?:${QUOTES}${SPACES}${SEPARATOR}${SPACES}|${AFTER_FLAG})`;
const QUOTE = '\\\\{0,4}["\'`]';
/** Words that say that there is none; and a block that begins on the next line, as in YAML. */
const NO_VALUE =
  '(?!(?:true|false|null|none|nil|undefined)(?![^\\x00-\\x20"\'`,;})\\]]))(?![|>][-+]?\\d?(?:[\\x00-\\x20]|$))';
/** Up to white space, the next pair of a query or list, or a quote that closes something. */
const BARE_VALUE = '(?:(?![&;,][\\w.-]{1,64}=)(?!["\'`](?:[\\x00-\\x20,;)}\\]]|$))[^\\x00-\\x20])+';
// biome-ignore lint/suspicious/noControlCharactersInRegex: white space and controls
const BARE_REST = /[^\x00-\x20]*/y;
/** The end of a name and what follows it; the rest is left to the patterns. */
const NAME_HINT =
  '(?:pass|word|wd|phrase|code|secret|token|key)(?:["\'`\\\\]{0,4}[ \\t]{0,16}[:=]|[ \\t](?<=--?[\\w-]{1,64}[ \\t]))';
const SCHEME = '(?:bearer|basic|digest|negotiate|token|apikey)';

/** Known by the name before it, whatever the case. */
export const VALUE_RULES: readonly RedactionRule[] = [
  {
    id: 'named-value',
    name: 'Values of password, secret, token and key',
    hint: NAME_HINT,
    pattern: new RegExp(`(${HEAD})(?!${QUOTE})${NO_VALUE}${BARE_VALUE}`, 'gi'),
    rest: () => BARE_REST,
  },
  {
    id: 'quoted-value',
    name: 'Quoted values of password, secret, token and key',
    hint: NAME_HINT,
    pattern: new RegExp(`(${HEAD}(${QUOTE}))(?:(?!\\2)(?:\\\\[^\\n]|[^\\n]))+`, 'gi'),
    rest: createQuotedRest(),
  },
  {
    id: 'authorization',
    name: 'Authorization headers',
    hint: 'authorization|bearer|basic',
    pattern: new RegExp(
      `(authorization${QUOTES}${SPACES}[:=]${SPACES}${QUOTES}(?:${SCHEME}[ \\t]{1,4})?` +
        `|\\b(?:bearer|basic)[ \\t]{1,4}(?=[\\w.~+/-]{16}))` +
        `(?!${SCHEME}(?![^\\x00-\\x20]))[^\\x00-\\x20"'\`\\\\]+`,
      'gi',
    ),
    // biome-ignore lint/suspicious/noControlCharactersInRegex: white space and controls
    rest: () => /[^\x00-\x20"'`\\]*/y,
  },
];

/** Id of the rule for private keys, which go over lines (pem-body.ts). */
export const PRIVATE_KEY_RULE = 'private-key';

/** For people: all that is built in. Private keys go over lines and have a file of their own (pem-body.ts). */
export const BUILT_IN: readonly Pick<RedactionRule, 'id' | 'name'>[] = [
  ...TOKEN_RULES,
  ...VALUE_RULES,
  { id: PRIVATE_KEY_RULE, name: 'Private keys (PEM), of Google service accounts too' },
];

/** A word that begins as nothing else does. `body` is one character of what follows, `least` how many there are. */
function createToken(id: string, name: string, start: string, body: string, least: number): RedactionRule {
  const rest = new RegExp(`${body}*`, 'y');
  return {
    id,
    name,
    hint: start,
    pattern: new RegExp(`(${start})${body}{${least},}`, 'g'),
    begun: new RegExp(`(${start})${body}+$`, 'g'),
    rest: () => rest,
  };
}

/** Up to the same quote or the line's end; white space within belongs to it. */
function createQuotedRest(): (head: string) => RegExp {
  const rests = new Map<string, RegExp>();
  return (head) => {
    const quote = /\\{0,4}["'`]$/.exec(head)?.[0] ?? '"';
    const known = rests.get(quote);
    if (known) return known;
    const escaped = quote.replaceAll('\\', '\\\\');
    const rest = new RegExp(`(?:(?!${escaped})(?:\\\\[^\\n]|[^\\n]))*`, 'y');
    rests.set(quote, rest);
    return rest;
  };
}
