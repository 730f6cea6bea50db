import { expect, test } from 'vitest';
import { answerPageRequest } from '../../../../main/hosts/electron/page-scheme.ts';

const files = new Map([
  ['/', { contentType: 'text/html; charset=utf-8', bytes: Buffer.from('<title>page</title>') }],
  ['/app.js', { contentType: 'text/javascript', bytes: Buffer.from('1') }],
]);

test('a file of the page comes with its type and the policy', async () => {
  const response = answerPageRequest(files, 'app://kubereel/?x#y', 'GET');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await response.text()).toBe('<title>page</title>');
});

test.each([
  ['app://kubereel/../../etc/passwd', 'GET', 404],
  ['app://kubereel/missing.js', 'GET', 404],
  ['app://other/', 'GET', 403],
  ['file:///etc/passwd', 'GET', 403],
  ['app://kubereel/', 'POST', 403],
])('%s by %s is answered %i', (address, method, status) => {
  expect(answerPageRequest(files, address, method).status).toBe(status);
});
