/** Which files of the policy are followed, what they say, and what is wrong in them. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { PolicyState } from '../../preload/contract.ts';
import { POLICY_EXAMPLE } from '../policy/policy-example.ts';
import { describeFile, describeMatch, describeUntold, labelOf, wordsOf } from '../policy/policy-words.ts';
import { problemOf } from '../problem.ts';
import type { PolicyStore } from '../store-policy.ts';
import { CopyButton } from '../ui/messages.tsx';
import { StatusDot } from '../ui/status-dot.tsx';
import { describeRuling } from './updates-words.ts';

type PolicyFile = PolicyState['files'][number];

export function PolicySection({ policy }: { readonly policy: PolicyStore }): JSX.Element {
  const [trouble, setTrouble] = useState<string>();
  const files = policy.state.value?.files;
  useEffect(() => {
    policy.load().catch((error: unknown) => setTrouble(problemOf(error).message));
  }, [policy]);
  const isEmpty = files?.every(({ state }) => state === 'absent') === true;
  return (
    <section class="settings-group" aria-label="Policy">
      <h2>Policy</h2>
      <p class="settings-note secondary">
        Says what must be recorded where, and what is asked before a shell opens. Of both files the strictest
        word holds, for the app and the command alike.
        {isEmpty && ' Neither is there: all is as these settings have it.'}
      </p>
      {trouble !== undefined && <p class="policy-problem">{trouble}</p>}
      {policy.untold.value.map((requests) => (
        <p key={requests.context} class="policy-problem">
          {describeUntold(requests, Date.now())}
        </p>
      ))}
      {files?.map((file) => (
        <FileItem key={file.path} file={file} />
      ))}
    </section>
  );
}

function FileItem({ file }: { readonly file: PolicyFile }): JSX.Element {
  const { path, isLocked, state, rules, updates, problems } = file;
  const isFailed = state === 'failed';
  return (
    <div class="policy-file">
      <div class="policy-file-head">
        <span class="setting-label">{isLocked ? 'The administrator’s' : 'Yours'}</span>
        <span class="mono policy-path">{path}</span>
        <CopyButton text={path} label="Copy path" kind="quiet" />
      </div>
      <span class="policy-state" role="status">
        <StatusDot
          shape={isFailed ? 'cross' : state === 'absent' ? 'ring' : 'full'}
          tone={isFailed ? 'lost' : state === 'absent' ? 'quiet' : 'live'}
        />
        <span class={isFailed ? 'tone-lost' : 'secondary'}>{describeFile(file)}</span>
      </span>
      {problems.length > 0 && (
        <ul class="policy-problems">
          {problems.map(({ line, column, message, hint }) => (
            <li key={`${line}:${column} ${message}`}>
              {line !== undefined && (
                <span class="mono numbers policy-line">
                  {line}:{column}
                </span>
              )}
              <span class="policy-mistake">
                {message}
                {hint && <span class="secondary">. {hint}</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
      {state === 'absent' && <Beginning isLocked={isLocked} />}
      {updates && (
        <p class="secondary">
          Updates of Kubereel: <span>{describeRuling(updates)}</span>
        </p>
      )}
      {rules.map((rule) => (
        <div key={rule.name} class="policy-rule">
          <div class="policy-rule-head">
            <span class="ellipsis">{rule.name}</span>
            {rule.line !== undefined && <span class="secondary numbers">line {rule.line}</span>}
          </div>
          <p class="secondary">For {describeMatch(rule)}</p>
          <ul class="policy-says">
            {rule.says.map(({ setting, value }) => (
              <li key={`${setting} ${value}`}>
                {labelOf(setting)}: {wordsOf(setting, value)}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

/** How a file begins that is not there. */
function Beginning({ isLocked }: { readonly isLocked: boolean }): JSX.Element {
  if (isLocked) {
    return <p class="secondary">An administrator can put one there, which you cannot change.</p>;
  }
  return (
    <div class="policy-beginning">
      <p class="secondary">
        To begin one, save an example there and change it: it holds at once.{' '}
        <span class="mono">kubereel policy check FILE</span> tells beforehand what is wrong in it.
      </p>
      <CopyButton text={POLICY_EXAMPLE} label="Copy an example" />
    </div>
  );
}
