import { expect, test } from 'vitest';
import { isWebAddress, WebLink } from '../../../renderer/ui/web-link.tsx';

test('only web pages are linked to: an address comes from elsewhere', () => {
  expect(['https://casts.example.com/a/1', 'http://127.0.0.1:80/'].map(isWebAddress)).toEqual([true, true]);
  for (const url of ['javascript:alert(1)', 'file:///etc/passwd', 'vscode://x', 'nonsense', '']) {
    expect(isWebAddress(url)).toBe(false);
    expect(WebLink({ url, children: 'Open' })).toBeNull();
  }
});
