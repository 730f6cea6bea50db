import { expect, test } from 'vitest';
import { isExternalAddress, isPageAddress, PAGE_ADDRESS } from '../../../../main/hosts/electron/addresses.ts';

test('the page’s own addresses are let in, and no other', () => {
  for (const address of [PAGE_ADDRESS, 'app://kubereel/app.js']) expect(isPageAddress(address)).toBe(true);
  for (const address of [
    'https://kubereel/',
    'app://evil/',
    'app://kubereel.evil/',
    'file:///etc/passwd',
    'about:blank',
    '',
  ]) {
    expect(isPageAddress(address), address).toBe(false);
  }
});

test('web and mail links leave for the system, and no other', () => {
  for (const address of ['https://kubernetes.io', 'mailto:a@b.example'])
    expect(isExternalAddress(address)).toBe(true);
  for (const address of [
    'http://x',
    'file:///etc/passwd',
    'app://kubereel/',
    'ssh://x',
    'javascript:alert(1)',
    'x',
  ]) {
    expect(isExternalAddress(address), address).toBe(false);
  }
});
