import { expect, test } from 'vitest';
import { createNoShell, isNoProgram, isWindowsRefusal } from '../../../main/exec/no-shell.ts';
import { SHELL_REQUEST } from '../../fakes/remote-command.ts';

const ON_WINDOWS =
  'failed to start exec "1f": hcs::System::CreateProcess app: The system cannot find the file specified.: unknown';

test('runtimes of either kind are understood', () => {
  expect(isNoProgram('exec: "sh": executable file not found in $PATH: unknown')).toBe(true);
  expect(isNoProgram('exec /bin/sh: no such file or directory')).toBe(true);
  expect(isNoProgram(ON_WINDOWS)).toBe(true);
  expect(isNoProgram('container not found ("app")')).toBe(false);
});

test('the way out is a command that can be pasted', () => {
  expect(createNoShell(SHELL_REQUEST, 'why', 'prod').hint).toContain(
    'kubereel debug web --context prod --namespace shop --image busybox --target app -- sh',
  );
  const unnamed = { ...SHELL_REQUEST, container: '' };
  expect(createNoShell(unnamed, 'why', 'ann’s cluster').hint).toContain(
    "kubereel debug web --context 'ann’s cluster' --namespace shop --image busybox -- sh",
  );
});

test('it names the container and the program, or what is known of them', () => {
  expect(createNoShell(SHELL_REQUEST, 'why', 'c').message).toBe('container app has no sh');
  const unnamed = { ...SHELL_REQUEST, container: '', command: [] };
  expect(createNoShell(unnamed, 'why', 'c').message).toBe('container of web has no shell');
});

test('Windows has shells of other names, and no debug container helps', () => {
  const error = createNoShell(SHELL_REQUEST, ON_WINDOWS, 'prod');
  expect(isWindowsRefusal(error)).toBe(true);
  expect(error.hint).toMatch(/PowerShell/);
  expect(isWindowsRefusal(createNoShell(SHELL_REQUEST, 'executable file not found', 'prod'))).toBe(false);
});
