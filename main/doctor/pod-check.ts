import { getPod } from '../kube/pods.ts';
import type { KubeTransport } from '../kube/transport.ts';
import { detailOf, type Finding, type Result } from './check.ts';

/** Whether the pod that is meant has anything to open a shell in. Being allowed is not enough. */
export async function checkPod(
  needs: { readonly transport: KubeTransport },
  { namespace, pod }: { readonly namespace: string; readonly pod: string },
  access: Result<true>,
  options: { signal: AbortSignal },
): Promise<Result<true>> {
  const { phase, status, containers, defaultContainer } = await getPod(needs, { namespace, pod }, options);
  const { finding } = access;
  const failed = (message: string, hint: string): Result<true> => ({
    finding: { ...finding, outcome: 'failed', message, hint } satisfies Finding,
  });
  if (phase === 'Succeeded' || phase === 'Failed') {
    return failed(
      `pod ${namespace}/${pod} has completed: its phase is ${phase}`,
      'It runs nothing any more. Choose a pod that runs.',
    );
  }
  const container = containers.find(({ name }) => name === defaultContainer);
  if (container?.state !== 'running') {
    return failed(
      `container ${defaultContainer} of pod ${namespace}/${pod} is not running: the pod is ${status}`,
      'Wait until it runs, or choose another container.',
    );
  }
  return {
    finding: {
      ...finding,
      ...detailOf(finding.detail, `container ${defaultContainer} runs`),
    },
  };
}
