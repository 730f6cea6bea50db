import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadKubeconfig } from '../../../main/kube/kubeconfig.ts';
import { formatKubeconfig } from '../../../main/kube/kubeconfig-text.ts';

async function load(text: string) {
  const path = join(await mkdtemp(join(tmpdir(), 'kubereel-text-')), 'config');
  await writeFile(path, text);
  return loadKubeconfig([path]);
}

test('what is loaded again is what was written', async () => {
  const first = await load(
    [
      'current-context: x',
      'preferences: {colors: yes}',
      'clusters: [{name: c, cluster: {server: "https://h", certificate-authority: ./ca}}]',
      'users: [{name: u, user: {token: "12:30", own: [1, yes, 2020-01-01]}}]',
      'contexts: [{name: x, context: {cluster: c, user: u}}]',
    ].join('\n'),
  );
  const second = await load(formatKubeconfig(first));
  const fieldsOf = ({ entries }: typeof first) => [
    entries.others['preferences'],
    ...[entries.clusters, entries.users, entries.contexts].map((map) =>
      [...map].map(([name, { fields }]) => [name, fields]),
    ),
  ];
  expect(fieldsOf(second)).toEqual(fieldsOf(first));
  expect(second.currentContext).toBe('x');
});

test('any text survives, those too that YAML gives a meaning', async () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        '\u007f',
        '\u0085',
        '\u00a0',
        '\u2028',
        '\u2029',
        '\ufeff',
        '\uffff',
        '\u0000',
        '\n',
        '"',
        '\\',
      ),
      fc.constantFrom('y', '1', ':', '#', '😀', 'ä'),
    ),
  });
  await fc.assert(
    fc.asyncProperty(text, async (token) => {
      const users = new Map([['u', { fields: { token }, originPath: '/' }]]);
      const entries = { contexts: new Map(), clusters: new Map(), users, others: {} };
      const { sources, entries: read } = await load(formatKubeconfig({ entries, currentContext: null }));
      expect(sources).toMatchObject([{ state: 'loaded' }]);
      expect(read.users.get('u')?.fields.token).toBe(token);
    }),
    { numRuns: 50 },
  );
});
