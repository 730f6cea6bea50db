/** Reports of the doctor as the page gets them. */
import type { DoctorCheck, DoctorReport } from '../../preload/contract.ts';

const TITLES: readonly (readonly [DoctorCheck['id'], string])[] = [
  ['kubeconfig', 'Kubeconfig files'],
  ['context', 'Context'],
  ['address', 'Address and proxy'],
  ['tls', 'TLS certificates'],
  ['credential', 'Credential'],
  ['who', 'Who am I'],
  ['exec', 'May I exec here'],
  ['attach', 'May I attach here'],
];

const FOUND: Readonly<Record<DoctorCheck['id'], string>> = {
  kubeconfig: '/home/ada/.kube/config',
  context: 'staging: cluster staging-eu, user ada',
  address: 'api.staging.example.com:6443 answers through http://proxy.example.com:3128',
  tls: 'CN=kube-apiserver, signed by CN=kubernetes, valid to 2027-08-02',
  credential: 'plugin kubelogin ran, expires 2026-11-21 09:14 UTC',
  who: 'ada@example.com',
  exec: 'yes: get and create on pods/exec in namespace shop',
  attach: 'yes: get and create on pods/attach in namespace shop',
};

/** All eight: well, but for what is changed. */
export function checksWith(
  changes: Partial<Record<DoctorCheck['id'], Partial<DoctorCheck>>> = {},
): readonly DoctorCheck[] {
  return TITLES.map(([id, title]) => ({
    id,
    title,
    outcome: 'ok' as const,
    message: FOUND[id],
    detail: `detail of ${id}`,
    ...changes[id],
  }));
}

/** A certificate that nobody here trusts, and what comes of it. */
export function untrustedChecks(): readonly DoctorCheck[] {
  const skipped = {
    outcome: 'skipped',
    message: 'no credential is given to a server that is not trusted',
    detail: '',
  } as const;
  return checksWith({
    tls: {
      outcome: 'failed',
      message:
        'the certificate of https://api.staging.example.com:6443 is not signed by an authority that context staging trusts',
      hint: 'The certificate-authority of cluster "staging-eu" in the kubeconfig is not the one that signed it: fetch the kubeconfig anew.',
      detail:
        'TLSv1.3, name asked for: api.staging.example.com\n0: CN=kube-apiserver; issued by CN=kubernetes; valid 2025-08-02 to 2027-08-02; for DNS:api.staging.example.com\nno authority that the kubeconfig trusts has signed it',
    },
    credential: skipped,
    who: skipped,
    exec: skipped,
    attach: skipped,
  });
}

/** Half way: the credential waits for an answer. */
export function waitingChecks(): readonly DoctorCheck[] {
  const waiting = { outcome: 'waiting', message: '', detail: '' } as const;
  return checksWith({
    credential: {
      outcome: 'running',
      message: 'waits for your answer: may /usr/local/bin/kubelogin be run?',
      detail: '',
    },
    who: waiting,
    exec: waiting,
    attach: waiting,
  });
}

export function reportOf(checks: readonly DoctorCheck[], changes: Partial<DoctorReport> = {}): DoctorReport {
  const isFinished = checks.every(({ outcome }) => outcome !== 'waiting' && outcome !== 'running');
  const wouldOpen = isFinished && checks.every(({ outcome }) => outcome === 'ok');
  return { runId: 'run-1', context: 'staging', checks, isFinished, wouldOpen, ...changes };
}
