import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestCore, type TestCore } from '../../fakes/core.ts';

let app: TestCore;

beforeEach(async () => {
  app = await startTestCore();
  await writeFile(
    join(app.home, 'none'),
    'contexts: [{ name: prod, context: { cluster: c, user: u } }]\nclusters: [{ name: c, cluster: { server: "https://c" } }]\n',
  );
  await app.core.contexts.reload();
});
afterEach(() => app.end());

const policyFile = () => join(app.home, 'policy.yaml');
const place = { context: 'prod', namespace: 'payments', pod: 'web-1' };

test('a page is answered as the command is, and told of a change', async () => {
  const client = app.connect();
  expect(await client.call('policy.explain', place)).toMatchObject({ reason: 'not-asked', because: [] });
  const changed = new Promise((resolve) => client.on('policy.changed', resolve));
  await writeFile(policyFile(), 'version: 1\nrules:\n  - name: all\n    reason: required\n');
  await changed;
  expect(await client.call('policy.explain', place)).toEqual(await app.core.policy.answer(place));
  expect(await client.call('policy.explain', place)).toMatchObject({
    reason: 'required',
    because: [{ setting: 'reason', file: policyFile(), line: 4, rule: 'all' }],
  });
});

test('the files are told with their rules, or with what is wrong in them', async () => {
  const client = app.connect();
  await writeFile(
    policyFile(),
    `version: 1
rules:
  - name: production
    match: { context: prod-* }
    except: { namespace: [sandbox] }
    recording: required
    recorders: [{ kind: tsrecorder, url: "a:80" }, { kind: tsrecorder, url: "b:80", name: vault, tokenFile: /t }]
`,
  );
  expect((await client.call('policy.state', {})).files.at(-1)).toEqual({
    path: policyFile(),
    isLocked: false,
    state: 'followed',
    rules: [
      {
        name: 'production',
        line: 6,
        match: { context: ['prod-*'] },
        except: { namespace: ['sandbox'] },
        says: [
          { setting: 'recording', value: 'required' },
          { setting: 'recorders', value: 'a:80' },
          { setting: 'recorders', value: 'vault' },
        ],
        recorders: [
          { kind: 'tsrecorder', url: 'a:80' },
          { kind: 'tsrecorder', url: 'b:80', name: 'vault' },
        ],
      },
    ],
    problems: [],
  });
  await writeFile(policyFile(), 'version: 1\nruls: []\n');
  expect((await client.call('policy.state', {})).files.at(-1)).toMatchObject({
    state: 'failed',
    rules: [],
    problems: [
      { line: 1, message: 'rules is missing' },
      { line: 2, column: 1, hint: 'Did you mean rules?' },
    ],
  });
  await expect(client.call('policy.explain', place)).rejects.toMatchObject({ code: 'policy-invalid' });
});

test('whom others’ requests are made as is told in words', async () => {
  const client = app.connect();
  const impersonate = '{ user: auditor, groups: [readers] }';
  await writeFile(
    policyFile(),
    `version: 1\nrules: [{ name: all, pause: never, impersonate: ${impersonate} }]\n`,
  );
  const answer = await client.call('policy.explain', place);
  expect(answer.because).toContainEqual({
    setting: 'impersonate',
    value: 'auditor (groups readers)',
    file: policyFile(),
    line: 2,
    rule: 'all',
  });
  expect('impersonate' in answer).toBe(false);
  expect((await client.call('policy.state', {})).files.at(-1)?.rules[0]?.says).toEqual([
    { setting: 'pause', value: 'never' },
    { setting: 'impersonate', value: 'auditor (groups readers)' },
  ]);
});

test('a shell is refused at the core’s door, whatever the page asked before', async () => {
  const client = app.connect();
  await writeFile(policyFile(), 'version: 1\nrules: [{ name: all, confirm: typed }]\n');
  const ended = new Promise((resolve) => {
    client.on('sessions.changed', ({ state }) => state.kind === 'ended' && resolve(state));
  });
  await client.call('sessions.open', { target: place, size: { cols: 80, rows: 24 } });
  expect(await ended).toMatchObject({ end: { kind: 'failed', problem: { code: 'policy-refused' } } });
});
