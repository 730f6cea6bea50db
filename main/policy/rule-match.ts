import { matchesGlob } from './glob.ts';
import type { PolicyRule, PolicyTarget, RuleMatch } from './policy.ts';

/** `unknown`: it names something that is not known of the target yet. */
export type Applicability = 'applies' | 'unknown' | 'applies-not';

export function judgeRule(rule: PolicyRule, target: PolicyTarget): Applicability {
  const wanted = judgeMatch(rule.match, target);
  const excepted = rule.except ? judgeMatch(rule.except, target) : 'applies-not';
  if (wanted === 'applies-not' || excepted === 'applies') return 'applies-not';
  return wanted === 'unknown' || excepted === 'unknown' ? 'unknown' : 'applies';
}

function judgeMatch(match: RuleMatch, target: PolicyTarget): Applicability {
  const { cluster, server } = target;
  const names: Record<keyof RuleMatch, readonly (string | undefined)[]> = {
    context: [target.context],
    cluster: cluster === undefined && server === undefined ? [undefined] : [cluster, ...hostsOf(server)],
    namespace: [target.namespace],
    pod: [target.pod],
    container: [target.container],
    user: [target.user],
  };
  const judged = Object.entries(match).map(([key, globs]) =>
    judgeNames(globs, names[key as keyof RuleMatch]),
  );
  if (judged.includes('applies-not')) return 'applies-not';
  return judged.includes('unknown') ? 'unknown' : 'applies';
}

function judgeNames(globs: readonly string[], names: readonly (string | undefined)[]): Applicability {
  const known = names.filter((name) => name !== undefined);
  // `*` is met by whatever it will be.
  if (globs.some((glob) => /^\*+$/.test(glob))) return 'applies';
  if (known.length === 0) return 'unknown';
  return known.some((name) => globs.some((glob) => matchesGlob(glob, name))) ? 'applies' : 'applies-not';
}

/** `10.0.0.1:6443` is also `10.0.0.1`. */
function hostsOf(server: string | undefined): readonly string[] {
  if (server === undefined) return [];
  return [server, server.replace(/:\d+$/, '')];
}
