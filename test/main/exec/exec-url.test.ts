import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatExecPath, formatExecQuery } from '../../../main/exec/exec-url.ts';
import { SHELL_REQUEST } from '../../fakes/remote-command.ts';

test('the query of a shell, as kubectl writes it: no stderr with a TTY', () => {
  expect(formatExecQuery(SHELL_REQUEST).toString()).toBe(
    'command=sh&container=app&stdin=true&stdout=true&tty=true',
  );
});

test('what is false is left out', () => {
  const request = { ...SHELL_REQUEST, container: '', stdin: false, tty: false };
  expect(formatExecQuery(request).toString()).toBe('command=sh&stdout=true&stderr=true');
});

test('attach has no command', () => {
  const request = { ...SHELL_REQUEST, kind: 'attach', command: [] } as const;
  expect(formatExecPath(request)).toBe('/api/v1/namespaces/shop/pods/web/attach');
  expect(formatExecQuery(request).has('command')).toBe(false);
});

test('arguments arrive as they were, whatever is in them', () => {
  const unicode = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(fc.array(unicode), (command) => {
      const query = new URLSearchParams(formatExecQuery({ ...SHELL_REQUEST, command }).toString());
      expect(query.getAll('command')).toEqual(command);
    }),
  );
  const command = ['sh', '-c', 'echo a & b=1\n', '', '—', '+%20'];
  const url = new URL(`http://h/?${formatExecQuery({ ...SHELL_REQUEST, command })}`);
  expect(url.searchParams.getAll('command')).toEqual(command);
});

test('no name can become another path or query', () => {
  const path = formatExecPath({ ...SHELL_REQUEST, namespace: '../kube-system', pod: 'p?x#y' });
  expect(path).toBe('/api/v1/namespaces/..%2Fkube-system/pods/p%3Fx%23y/exec');
});
