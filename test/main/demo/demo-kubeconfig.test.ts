import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { DEMO_CONTEXT, formatDemoKubeconfig } from '../../../main/demo/demo-kubeconfig.ts';

test('the current context leads to the server, its authority, the token and the home namespace', () => {
  const text = formatDemoKubeconfig({ server: 'https://127.0.0.1:1', authority: 'PEM', token: 'secret' });
  expect(parse(text)).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': DEMO_CONTEXT,
    clusters: [
      {
        name: DEMO_CONTEXT,
        cluster: {
          server: 'https://127.0.0.1:1',
          'certificate-authority-data': Buffer.from('PEM').toString('base64'),
        },
      },
    ],
    users: [{ name: 'kubereel-demo-user', user: { token: 'secret' } }],
    contexts: [
      {
        name: DEMO_CONTEXT,
        context: { cluster: DEMO_CONTEXT, user: 'kubereel-demo-user', namespace: 'shop' },
      },
    ],
  });
});

test('a token that looks like a number stays text', () => {
  const text = formatDemoKubeconfig({ server: 'https://127.0.0.1:1', authority: 'PEM', token: '0123' });
  expect(parse(text).users[0].user.token).toBe('0123');
});
