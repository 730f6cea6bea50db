import { AppError } from '../base/errors.ts';
import { parseApiStatus, toApiError } from '../kube/api-error.ts';
import type { UpgradeRefusal } from '../kube/transport.ts';
import type { ExecStatus } from './exec-status.ts';
import type { ExecRequest } from './exec-stream.ts';

/** An upgrade that was answered with something else than 101 (RBAC, a missing pod or container, a proxy). */
export function toUpgradeError(server: string, request: ExecRequest, refusal: UpgradeRefusal): AppError {
  const { namespace, pod, kind } = request;
  const status = parseApiStatus(refusal.body);
  const details = { detail: `HTTP ${refusal.status} ${status?.reason ?? ''}`.trim(), cause: refusal };
  if (refusal.status === 403 && refusal.body.trim() === '') {
    return new AppError(
      'exec-refused',
      `the server speaks none of the ${kind} protocols that Kubereel offers`,
      {
        ...details,
        hint: 'It may be older than Kubernetes 1.29, or stand behind a proxy that takes WebSockets apart.',
      },
    );
  }
  if (refusal.status === 403) {
    return new AppError('forbidden', status?.message || `you may not ${kind} in pod ${namespace}/${pod}`, {
      ...details,
      hint: `Ask for the verbs get and create on pods/${kind} in namespace ${namespace}; from Kubernetes 1.35 both are needed.`,
    });
  }
  if (refusal.status === 404) {
    return new AppError('pod-not-found', status?.message || `there is no pod ${namespace}/${pod}`, {
      ...details,
      hint: 'It may have been replaced: look for its successor in the list of pods.',
    });
  }
  if (refusal.status === 400 && status) {
    const isContainer = /container/.test(status.message);
    return new AppError(isContainer ? 'container-unknown' : 'exec-refused', status.message, {
      ...details,
      ...(isContainer ? { hint: 'Choose one of the pod’s containers.' } : {}),
    });
  }
  return toApiError(server, refusal.status, refusal.body);
}

/** What runtimes say when the program is not in the image (containerd, CRI-O, cri-dockerd). */
const NO_PROGRAM = /executable file not found|no such file or directory/;

/** The server opened the stream and then said that the command failed. */
export function toStatusError(
  request: ExecRequest,
  status: Extract<ExecStatus, { kind: 'failed' }>,
): AppError {
  const program = request.command[0] ?? '';
  const detail = [status.message, status.reason].filter((part) => part !== '').join(' — ');
  if (NO_PROGRAM.test(status.message)) {
    const isShell = /^(?:\/\S+\/)?(?:sh|bash|ash|zsh|powershell|cmd)(?:\.exe)?$/.test(program);
    return new AppError(
      isShell ? 'no-shell' : 'exec-failed',
      `container ${request.container || request.pod} has no ${program}`,
      {
        detail,
        ...(isShell
          ? {
              hint: 'The image may have no shell at all, as distroless images do; a debug container brings one.',
            }
          : {}),
      },
    );
  }
  return new AppError('exec-failed', status.message, { detail });
}
