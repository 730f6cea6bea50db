import { expect, test } from 'vitest';
import {
  describePlace,
  formatReport,
  OUTCOME_WORDS,
  summarize,
} from '../../../renderer/doctor/doctor-words.ts';
import { checksWith, reportOf, untrustedChecks, waitingChecks } from '../../fakes/doctor-checks.ts';

test('one line says what it comes to', () => {
  const finished = (checks: Parameters<typeof reportOf>[0], wouldOpen = false) =>
    summarize({ kind: 'finished', report: reportOf(checks, { wouldOpen }) });
  expect(finished(checksWith(), true)).toEqual({ tone: 'live', text: 'A shell would open here' });
  expect(finished(untrustedChecks())).toEqual({
    tone: 'lost',
    text: 'No shell would open: the cluster is not trusted',
  });
  expect(finished(checksWith({ exec: { outcome: 'failed' }, attach: { outcome: 'failed' } })).text).toBe(
    'No shell would open: exec is not possible here',
  );
  const unknown = checksWith({ exec: { outcome: 'unknown' }, attach: { outcome: 'failed' } });
  expect(finished(unknown)).toEqual({ tone: 'owed', text: 'Whether a shell would open is not known' });
  expect(summarize({ kind: 'running', report: reportOf(waitingChecks()) }).tone).toBe('quiet');
  expect(summarize({ kind: 'failed', problem: { code: 'x', message: 'y' } }).tone).toBe('lost');
});

test('a place is named as far as it is', () => {
  expect(describePlace({ context: 'staging' })).toBe('staging');
  expect(describePlace({ context: 'staging', namespace: 'shop', pod: 'web-0' })).toBe(
    'staging, namespace shop, pod web-0',
  );
});

test('the report on the clipboard has every row, its fix and its detail', () => {
  const text = formatReport({ context: 'staging', namespace: 'shop' }, reportOf(untrustedChecks()), '0.1.0');
  const lines = text.split('\n');
  expect(lines[0]).toBe('Kubereel 0.1.0, connection to staging, namespace shop');
  expect(lines).toContain('ok       Context: staging: cluster staging-eu, user ada');
  expect(text).toMatch(
    /\nfailed {3}TLS certificates: the certificate of .*\n {9}fix: The certificate-authority/,
  );
  expect(text).toMatch(/\n {9}0: CN=kube-apiserver; issued by CN=kubernetes/);
  expect(text).toMatch(/\nskipped {2}May I attach here: no credential/);
});

test('each outcome has a word of its own', () => {
  expect(new Set(Object.values(OUTCOME_WORDS)).size).toBe(6);
});
