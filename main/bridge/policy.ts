import type { PolicyAnswer as PolicyAnswerInfo, PolicyState } from '../../preload/contract.ts';
import type { RecorderName } from '../../preload/contract-uploads.ts';
import type { PolicyAnswer, PolicyRule, RecorderAddress } from '../policy/policy.ts';
import type { Policy } from '../policy/policy-store.ts';
import type { CallsOf, Rooms } from './rooms.ts';

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

export function toAnswerInfo(answer: PolicyAnswer): PolicyAnswerInfo {
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

function toRuleInfo({
  name,
  match,
  except,
  says,
  lines,
}: PolicyRule): PolicyState['files'][number]['rules'][number] {
  const first = Math.min(...Object.values(lines));
  return {
    name,
    ...(Number.isFinite(first) ? { line: first } : {}),
    match: { ...match },
    ...(except === undefined ? {} : { except: { ...except } }),
    says: Object.entries(says).flatMap(([setting, value]) =>
      Array.isArray(value)
        ? value.map(({ name, url }: { name?: string; url: string }) => ({ setting, value: name ?? url }))
        : [{ setting, value: String(value) }],
    ),
    ...(says.recorders && { recorders: says.recorders.map(toRecorder) }),
  };
}

/** Without the files of its secrets, which are nobody's business in a page. */
export function toRecorder({ kind, url, name }: RecorderAddress): RecorderName {
  return { kind, url, ...(name === undefined ? {} : { name }) };
}
