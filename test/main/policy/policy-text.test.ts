// covers: main/policy/policy-schema.ts
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPlace } from '../../../main/policy/policy.ts';
import { parsePolicyText } from '../../../main/policy/policy-text.ts';

/** `LINE:COLUMN: message [hint]` of each problem. */
function problemsOf(...lines: readonly string[]): readonly string[] {
  return parsePolicyText(lines.join('\n'), 'p.yaml').problems.map((problem) => {
    const place = formatPlace(problem).replace('p.yaml:', '');
    return `${place}: ${problem.message}${problem.hint === undefined ? '' : ` [${problem.hint}]`}`;
  });
}

const inRules = (...lines: readonly string[]) => problemsOf('version: 1', 'rules:', ...lines);

test('a rule is read with all that it says, and where', () => {
  const { rules, problems } = parsePolicyText(
    `version: 1
rules:
  # every shell in production
  - name: production
    match: { context: "prod-*", namespace: [payments, "billing-*"] }
    except:
      user: robot
    recording: required
    recorders:
      - { kind: tsrecorder, url: "[fd7a::1]:80" }
      - kind: asciinema
        url: https://asciinema.example.com
        tokenFile: /etc/kubereel/token
    graceSeconds: 60
    apiRequests: told
`,
    '/etc/p.yaml',
  );
  expect(problems).toEqual([]);
  expect(rules).toEqual([
    {
      name: 'production',
      file: '/etc/p.yaml',
      match: { context: ['prod-*'], namespace: ['payments', 'billing-*'] },
      except: { user: ['robot'] },
      says: {
        recording: 'required',
        recorders: [
          { kind: 'tsrecorder', url: '[fd7a::1]:80' },
          { kind: 'asciinema', url: 'https://asciinema.example.com', tokenFile: '/etc/kubereel/token' },
        ],
        graceSeconds: 60,
        apiRequests: 'told',
      },
      lines: { recording: 8, recorders: 9, graceSeconds: 14, apiRequests: 15 },
    },
  ]);
});

test('off is a word, whatever older YAML takes it for', () => {
  const { rules } = parsePolicyText('version: 1\nrules: [{ name: a, recording: off }]', 'p.yaml');
  expect(rules[0]?.says).toEqual({ recording: 'off' });
});

test('all problems are told at once, in the order of the file', () => {
  expect(
    problemsOf(
      'version: 2',
      'rule: []',
      'rules:',
      '  - name: production',
      '    match:',
      '      contxt: prod-*',
      '    recording: requird',
      '    graceSeconds: 3.5',
      '  - recording: required',
    ),
  ).toEqual([
    '1:10: version must be 1',
    '2:1: the policy has no key "rule" [Did you mean rules?]',
    '6:7: match has no key "contxt" [Did you mean context?]',
    '7:16: recording must be required, best-effort or off [Did you mean required?]',
    '8:19: graceSeconds must be a whole number from 0 to 3600',
    '9:5: name is missing',
  ]);
});

test('a key that stands elsewhere, or nowhere, is told where it belongs', () => {
  expect(inRules('  - name: a', '    context: prod', '    pause: never')).toEqual([
    '4:5: a rule has no key "context" [context stands under match or except.]',
  ]);
  expect(inRules('  - name: a', '    match: { pause: never }', '    pause: never')).toEqual([
    '4:14: match has no key "pause" [pause stands in a rule.]',
  ]);
  expect(inRules('  - name: a', '    pause: never', '    kind: x')).toEqual([
    '5:5: a rule has no key "kind" [kind stands in one of recorders.]',
  ]);
  expect(problemsOf('version: 1', 'rules: []', 'elephant: 1')).toEqual([
    '3:1: the policy has no key "elephant" [Its keys are version, rules, updates.]',
  ]);
});

test('what would hold for more, or for fewer, shells than was meant is a problem', () => {
  const says = '    pause: never';
  expect(inRules('  - name: a', '    match: []', says)).toEqual(['4:12: match must be a map of globs']);
  expect(inRules('  - name: a', '    match:', says)).toEqual(['4:11: match must be a map of globs']);
  expect(inRules('  - name: a', '    match: { pod: [] }', says)).toEqual([
    '4:19: pod must name at least one',
  ]);
  expect(inRules('  - name: a', '    match: { pod: "" }', says)).toEqual([
    '4:19: pod must be a glob, and is empty',
  ]);
  expect(inRules('  - name: a', '    except: {}', says)).toEqual([
    '4:13: except must name something: without that it takes out everything',
  ]);
  expect(inRules('  - name: a', '    match: { context: [1] }', says)).toEqual([
    '4:23: context must be a glob or a list of globs, each in quotes where YAML takes it for something else',
  ]);
});

test('a rule needs a name of its own, and something to say', () => {
  expect(
    inRules('  - name: a', '    pause: never', '  - name: a', '    confirm: typed', '  - name: b'),
  ).toEqual(['7:5: this entry of rules says nothing: neither recording nor any other setting']);
  expect(inRules('  - name: a', '    pause: never', '  - name: a', '    confirm: typed')).toEqual([
    '5:11: the rule in line 3 has the name "a" already',
  ]);
  expect(inRules('  - name: "a\\nb"', '    pause: never')).toEqual([
    '3:11: name must be one line without control characters',
  ]);
});

test('a recorder needs an address of its kind, and holds no secret', () => {
  const recorders = (...list: readonly string[]) =>
    inRules('  - name: a', '    recorders:', ...list.map((one) => `      - ${one}`));
  expect(
    recorders(
      '{ kind: tsrecorder, url: "10.0.0.1:80" }',
      '{ kind: tsrecorder, url: "recorder.example.com:8080" }',
      '{ kind: tsrecorder, url: "https://recorder.example.com" }',
      '{ kind: alis, url: "wss://asciinema.example.com/ws" }',
    ),
  ).toEqual([]);
  expect(recorders('{ kind: tsrecorder, url: "10.0.0.1" }', '{ kind: asciinema, url: "a:80" }')).toEqual([
    expect.stringMatching(/^5:34: url must be an address: /),
    expect.stringMatching(/^6:33: url must be an address: /),
  ]);
  expect(recorders('{ kind: alis, url: "wss://a:b@c/" }')).toEqual([
    '5:28: url must not hold a password or a token; name a tokenFile',
  ]);
  expect(recorders('{ kind: alis, url: "wss://:b@c/" }')).toEqual([
    '5:28: url must not hold a password or a token; name a tokenFile',
  ]);
  expect(recorders('{ kind: alis, url: "wss://c/", tokenFile: token }')).toEqual([
    '5:51: tokenFile must be an absolute path',
  ]);
  expect(recorders('{ kind: alis, url: "wss://c/", keyFile: /k }')).toEqual([
    '5:9: certFile must be given together with keyFile',
  ]);
  expect(recorders('{ kind: tsrecoder, url: "a:80" }')).toEqual([
    '5:17: kind must be tsrecorder, asciinema or alis [Did you mean tsrecorder?]',
  ]);
  expect(
    inRules('  - name: a', '    recording: off', '    recorders: [{ kind: tsrecorder, url: "a:80" }]'),
  ).toEqual(['4:16: recording must not be off in a rule that names recorders']);
});

test('whom requests are made as is a user, with what kubectl’s flags may add', () => {
  const impersonate = (...lines: readonly string[]) =>
    inRules('  - name: a', '    impersonate:', ...lines.map((line) => `      ${line}`));
  expect(impersonate('user: jane')).toEqual([]);
  expect(
    impersonate('user: jane', 'uid: "7"', 'groups: [a, "system:b"]', 'extra: { Scopes/x y: [one, two] }'),
  ).toEqual([]);
  expect(impersonate('groups: [a]')).toEqual(['5:7: user is missing']);
  expect(impersonate('user: ""')).toEqual(['5:13: user must be a user, and is empty']);
  expect(impersonate('user: "a\\r\\nb"')).toEqual(['5:13: user must be one line without control characters']);
  expect(impersonate('user: jane', 'group: [a]')).toEqual([
    '6:7: impersonate has no key "group" [Did you mean groups?]',
  ]);
  expect(impersonate('user: jane', 'groups: a')).toEqual(['6:15: groups must be a list, each of it a group']);
  expect(impersonate('user: jane', 'extra: [a]')).toEqual(['6:14: extra must be a map of lists']);
  expect(inRules('  - name: a', '    impersonate: jane')).toEqual([
    '4:18: impersonate must be a map with a user',
  ]);
});

test('what is not YAML, or is more or less than one document, is no policy', () => {
  expect(problemsOf('version: 1', 'rules: [')).toEqual([
    expect.stringMatching(/^2:9: this is not valid YAML: /),
  ]);
  expect(problemsOf('version: 1', 'rules:', '\t- name: a')).toEqual([
    expect.stringMatching(/^3:1: this is not valid YAML: Tabs/),
  ]);
  expect(problemsOf('version: 1', 'rules: []', 'rules: []')).toEqual([
    '3:1: this is not valid YAML: Map keys must be unique',
  ]);
  expect(problemsOf('version: 1', 'rules: []', '---', 'version: 1')).toEqual([
    '3:1: this is not valid YAML: Source contains multiple documents',
  ]);
  expect(problemsOf('')).toEqual(['1:1: the policy must be a map with version and rules']);
  expect(problemsOf('# nothing yet')).toHaveLength(1);
  expect(problemsOf('[]')).toEqual(['1:1: the policy must be a map with version and rules']);
});

test('an alias stands for what it names, and a bomb of them is refused', () => {
  const shared = parsePolicyText(
    'version: 1\nrules:\n  - &a { name: a, match: &m { context: prod }, pause: never }\n  - { name: b, match: *m, confirm: typed }',
    'p.yaml',
  );
  expect(shared.rules.map(({ match }) => match)).toEqual([{ context: ['prod'] }, { context: ['prod'] }]);
  const bomb = [
    'a: &a [x, x]',
    ...'bcdefghijkl'.split('').map((name, at) => {
      const before = 'abcdefghijk'[at];
      return `${name}: &${name} [${Array(8).fill(`*${before}`).join(', ')}]`;
    }),
  ];
  expect(problemsOf('version: 1', ...bomb)).toEqual([expect.stringContaining('too many aliases')]);
  expect(problemsOf('version: 1', 'rules: *nowhere')).toHaveLength(1);
});

test('no text makes it throw, and a text with a problem has no rules', () => {
  const words = fc.constantFrom(
    ...['version', 'rules', 'name', 'match', 'recording', 'off', 'required', '1', 'a', '*', '&a', '*a'],
    ...[':', ' ', '\n', '  ', '- ', '{', '}', '[', ']', ',', '"', '#', '?', '!!x', '---', '\t', '%', '|'],
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 40 }), (parts) => {
      const { rules, problems } = parsePolicyText(parts.join(''), 'p.yaml');
      if (problems.length > 0) expect(rules).toEqual([]);
      for (const { line = 1, column = 1 } of problems) expect(Math.min(line, column)).toBeGreaterThan(0);
    }),
  );
});

test('what is said of updates is read, and a mistake in it is told where it stands', () => {
  const text = 'version: 1\nupdates:\n  channel: beta\n  check: by-hand\nrules: []\n';
  expect(parsePolicyText(text, 'p.yaml')).toEqual({
    rules: [],
    updates: { channel: 'beta', check: 'by-hand' },
    problems: [],
  });
  expect(problemsOf('version: 1', 'updates: { chanel: beta, check: of }', 'rules: []')).toEqual([
    '2:12: updates has no key "chanel" [Did you mean channel?]',
    '2:33: check must be automatic, by-hand or off [Did you mean off?]',
  ]);
  expect(problemsOf('version: 1', 'updates: off', 'rules: []')).toEqual([
    '2:10: updates must be a map with channel and check',
  ]);
  expect(inRules('  - name: a', '    recording: off', '    check: off')).toEqual([
    '5:5: a rule has no key "check" [check stands under updates.]',
  ]);
});
