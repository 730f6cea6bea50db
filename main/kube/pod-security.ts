import { AppError } from '../base/errors.ts';

/** PodSecurity admission's own sentence (pod-security-admission, admission/admission.go). */
const SENTENCE = /violates PodSecurity "([^":]+)[^"]*": (.+)$/s;

/** A refusal by the level that a namespace enforces; undefined for any other refusal. */
export function explainPodSecurity(
  message: string,
  what: 'debug container' | 'node shell',
  namespace: string,
): AppError | undefined {
  const [, level, violations] = SENTENCE.exec(message) ?? [];
  if (level === undefined || violations === undefined) return undefined;
  const hints = {
    'debug container':
      level === 'restricted'
        ? 'Take the profile restricted, with an image that does not run as root.'
        : 'Take the profile baseline.',
    'node shell':
      'A shell on a node is privileged: choose a namespace that allows it, as kube-system mostly does.',
  };
  return new AppError(
    'forbidden',
    `namespace ${namespace} enforces the pod security level ${level}, which refuses this ${what}`,
    { hint: hints[what], detail: violations.trim() },
  );
}
