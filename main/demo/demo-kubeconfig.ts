import { stringify } from 'yaml';
import { HOME_NAMESPACE } from './demo-pods.ts';

/** The context that the demo's kubeconfig holds; its cluster has the same name. */
export const DEMO_CONTEXT = 'kubereel-demo';

/** A kubeconfig with one context, as text. Holds the token: write it to a private file only. */
export function formatDemoKubeconfig(access: {
  readonly server: string;
  readonly authority: string;
  readonly token: string;
}): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': DEMO_CONTEXT,
    clusters: [
      {
        name: DEMO_CONTEXT,
        cluster: {
          server: access.server,
          'certificate-authority-data': Buffer.from(access.authority).toString('base64'),
        },
      },
    ],
    users: [{ name: `${DEMO_CONTEXT}-user`, user: { token: access.token } }],
    contexts: [
      {
        name: DEMO_CONTEXT,
        context: { cluster: DEMO_CONTEXT, user: `${DEMO_CONTEXT}-user`, namespace: HOME_NAMESPACE },
      },
    ],
  });
}
