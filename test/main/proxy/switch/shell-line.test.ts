import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { chooseShell, formatShellLine } from '../../../../main/proxy/switch/shell-line.ts';

describe('which shell is spoken to', () => {
  test.each([
    ['/bin/bash', 'linux', 'sh'],
    ['/usr/bin/zsh', 'darwin', 'sh'],
    ['/opt/homebrew/bin/fish', 'darwin', 'fish'],
    ['/usr/bin/pwsh', 'linux', 'powershell'],
    [undefined, 'linux', 'sh'],
    [undefined, 'win32', 'powershell'],
    ['C:\\Program Files\\Git\\usr\\bin\\bash.exe', 'win32', 'sh'],
  ] as const)('%s on %s: %s', (shell, platform, expected) => {
    expect(chooseShell(shell, platform)).toBe(expected);
  });
});

test('a line for sh sets exactly that path, whatever stands in it', () => {
  const path = `/home/o'neil/a $HOME "b" \`c\` \\d/kubeconfig`;
  const line = formatShellLine(path, 'sh');
  expect(line).not.toContain('\n');
  expect(execFileSync('/bin/sh', ['-c', `${line}\nprintf %s "$KUBECONFIG"`]).toString()).toBe(path);
});

test('fish and PowerShell have quotes of their own', () => {
  expect(formatShellLine(String.raw`/home/o'neil/a\b`, 'fish')).toBe(
    String.raw`set -gx KUBECONFIG '/home/o\'neil/a\\b'`,
  );
  expect(formatShellLine(String.raw`C:\Users\o'neil\k`, 'powershell')).toBe(
    String.raw`$env:KUBECONFIG = 'C:\Users\o''neil\k'`,
  );
});
