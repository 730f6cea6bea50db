/**
 * Made-up secrets, put together so that no scanner of sources takes them for real ones. In `text` what is to be masked
 * stands between `«` and `»`.
 */
export interface PlantedSecret {
  readonly rule: string;
  readonly text: string;
}

const word = (length: number, letters = 'aB3dE5gH7'): string => letters.repeat(length).slice(0, length);
const upper = (length: number): string => word(length, 'A2C4E6G');
const head = `J${word(20)}`;
const jwt = `ey«${head}.ey${head}.${word(43)}»`.replace('ey«J', 'eyJ«');

export const PLANTED_SECRETS: readonly PlantedSecret[] = [
  { rule: 'aws-access-key-id', text: `AKIA«${upper(16)}»` },
  { rule: 'aws-access-key-id', text: `id: ASIA«${upper(16)}»;` },
  { rule: 'google-api-key', text: `https://maps/?key=AIza«${word(35)}»` },
  { rule: 'google-api-key', text: `AIza«${word(35)}»` },
  { rule: 'google-oauth', text: `ya29.«${word(60)}»` },
  { rule: 'google-oauth', text: `GOCSPX-«${word(28)}»` },
  { rule: 'azure-sas', text: `https://a.blob.example/c?sv=2026&sig=«${word(43)}%3D»` },
  { rule: 'azure-key', text: `AccountName=a;AccountKey=«${word(86)}==»;EndpointSuffix=core.example` },
  { rule: 'azure-key', text: `SharedAccessKeyName=Root;SharedAccessKey=«${word(43)}=»` },
  ...['p', 'o', 's', 'u', 'r'].map((kind) => ({ rule: 'github', text: `gh${kind}_«${word(36)}»` })),
  { rule: 'github', text: `ghs_«${word(20)}.${word(40)}.${word(30)}»` },
  { rule: 'github-fine-grained', text: `github_pat_«${word(22)}_${word(59)}»` },
  ...['pat', 'dt', 'rt', 'cbt', 'ptt', 'ft', 'oas', 'agent'].map((kind) => ({
    rule: 'gitlab',
    text: `gl${kind}-«${word(20)}»`,
  })),
  { rule: 'gitlab', text: `glpat-«${word(27)}.01.${word(9)}»` },
  ...['b', 'p', 'a', 's'].map((kind) => ({ rule: 'slack', text: `xox${kind}-«12345678-${word(24)}»` })),
  { rule: 'slack', text: `xapp-«1-A012-345-${word(24)}»` },
  { rule: 'slack-webhook', text: `https://hooks.slack.com/services/«T0123/B4567/${word(24)}»` },
  { rule: 'jwt', text: jwt },
  { rule: 'jwt', text: `(${jwt.replace('»', '')}»)` },
  { rule: 'url-password', text: 'postgres://bob:«hunter2»@db/shop' },
  { rule: 'named-value', text: 'password=«hunter2»' },
  { rule: 'named-value', text: 'DB_PASSWORD=«hunter2,x»' },
  { rule: 'named-value', text: 'password: «hunter2»' },
  { rule: 'named-value', text: 'aws_secret_access_key = «wJalr/K7MDENG+bPx»' },
  { rule: 'named-value', text: 'token:«abc»' },
  { rule: 'named-value', text: 'X-Api-Key: «abc»' },
  { rule: 'named-value', text: 'MYSQL_PASS=«pä$$wörd»' },
  { rule: 'named-value', text: 'mysql --password «hunter2» -h db' },
  { rule: 'named-value', text: 'GET /login?token=«abc»&user=bob' },
  { rule: 'named-value', text: 'Server=a;Pwd=«abc»;User=b' },
  { rule: 'named-value', text: 'clientSecret => «abc»' },
  { rule: 'named-value', text: 'curl -d "password=«abc»"' },
  { rule: 'quoted-value', text: '{"password":"«hunter2»","user":"bob"}' },
  { rule: 'quoted-value', text: `secret = '«a b»'` },
  { rule: 'quoted-value', text: '"SecretAccessKey": "«wJalr/K7»"' },
  { rule: 'quoted-value', text: '"password":"«a\\"b»"' },
  { rule: 'quoted-value', text: '{"log":"{\\"token\\":\\"«abc»\\"}"}' },
  { rule: 'authorization', text: 'Authorization: Bearer «abc»' },
  { rule: 'authorization', text: 'authorization: Basic «dTpw»' },
  { rule: 'authorization', text: '"Authorization": "Bearer «abc»"' },
  { rule: 'authorization', text: 'authorization: «abc»' },
  { rule: 'authorization', text: `-H 'Authorization: token «abc»'` },
  { rule: 'authorization', text: `sent Bearer «${word(20)}» to it` },
];

/** What looks like one at first sight, and is none. */
export const PLAIN_TEXTS: readonly string[] = [
  'AKIA',
  'ASIAPACIFIC',
  'gh_pages ghp_short github_pattern',
  'glpat-short',
  'xoxo-',
  'eyJhIjoxfQ',
  'http://host:8080/path http://[::1]:80/',
  'PWD=/home/bob',
  'OLDPWD=/tmp',
  'Password: ',
  '[sudo] password for bob: ',
  'password: true',
  'token: null,',
  'secretName: web-tls',
  'automountServiceAccountToken',
  'password: |',
  '# pass 12',
  'tokens=5 keyboard=us',
  'secret/web created',
  'PASSWORD_FILE=/run/secrets/x',
  'Token::new()',
  'Authorization: Bearer',
  'bearer of bad news',
  '-----BEGIN CERTIFICATE-----',
  '-----BEGIN PUBLIC KEY-----',
];

export const PEM_LINES: readonly string[] = Array.from({ length: 24 }, (_, line) => word(64 - (line % 3)));

/** Marks taken out; what is to come out of redaction, and what must not. */
export function readPlanted({ text }: PlantedSecret): {
  readonly text: string;
  readonly masked: string;
  readonly secrets: readonly string[];
} {
  return {
    text: text.replace(/[«»]/g, ''),
    masked: text.replace(/«([^»]*)»/gu, (_whole, secret: string) =>
      [...secret].map((letter) => (letter === ' ' ? ' ' : '•')).join(''),
    ),
    secrets: [...text.matchAll(/«([^»]*)»/g)].map((match) => match[1] ?? ''),
  };
}
