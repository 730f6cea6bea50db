import type { PolicyAnswer as PolicyAnswerInfo, PolicyState } from '../../preload/contract.ts';
import type { RecorderName } from '../../preload/contract-uploads.ts';
import {
  formatImpersonation,
  type PolicyAnswer,
  type PolicyRule,
  type RecorderAddress,
  type RuleSayings,
} from '../policy/policy.ts';
import type { Policy } from '../policy/policy-store.ts';
import type { CallsOf, Rooms } from './rooms.ts';

type PolicyRuleInfo = PolicyState['files'][number]['rules'][number];

export function answerPolicy({
  policy,
  untoldRequests,
}: Rooms): CallsOf<'policy.explain' | 'policy.state' | 'policy.untold'> {
  return {
    'policy.explain': async (place) => toAnswerInfo(await policy.answer(place)),
    'policy.state': async () => toPolicyState(await policy.read()),
    'policy.untold': async () => untoldRequests(),
  };
}

/** Whom it has requests made as stands among the reasons, in words. */
export function toAnswerInfo({ impersonate: _impersonate, ...answer }: PolicyAnswer): PolicyAnswerInfo {
  return { ...answer, recorders: answer.recorders.map(toRecorder) };
}

function toPolicyState({ files }: Policy): PolicyState {
  return {
    files: files.map(({ path, isLocked, state, rules, updates, problems }) => ({
      path,
      isLocked,
      state,
      rules: rules.map(toRuleInfo),
      ...(updates && { updates }),
      problems: problems.map(({ file: _file, ...problem }) => problem),
    })),
  };
}

function toRuleInfo({ name, match, except, says, lines }: PolicyRule): PolicyRuleInfo {
  const first = Math.min(...Object.values(lines));
  return {
    name,
    ...(Number.isFinite(first) ? { line: first } : {}),
    match: { ...match },
    ...(except === undefined ? {} : { except: { ...except } }),
    says: describeSayings(says),
    ...(says.recorders && { recorders: says.recorders.map(toRecorder) }),
  };
}

function describeSayings(says: RuleSayings): PolicyRuleInfo['says'] {
  const { recorders = [], impersonate } = says;
  return Object.entries(says).flatMap(([setting, value]) => {
    if (setting === 'recorders') return recorders.map(({ name, url }) => ({ setting, value: name ?? url }));
    const isWhom = setting === 'impersonate' && impersonate !== undefined;
    return [{ setting, value: isWhom ? formatImpersonation(impersonate) : String(value) }];
  });
}

/** Without the files of its secrets, which are nobody's business in a page. */
export function toRecorder({ kind, url, name }: RecorderAddress): RecorderName {
  return { kind, url, ...(name === undefined ? {} : { name }) };
}
