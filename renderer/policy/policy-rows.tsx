/** What rules have decided for a shell, with where each of them stands. */
import type { JSX } from 'preact';
import type { PolicyAnswer } from '../../preload/contract.ts';
import { describeAnswer } from './policy-words.ts';

export function PolicyRows({ answer }: { readonly answer: PolicyAnswer }): JSX.Element {
  const rows = describeAnswer(answer);
  if (rows.length === 0) {
    return <p class="dialog-text secondary">No rule speaks of it: all is as your settings have it.</p>;
  }
  return (
    <dl class="policy-rows">
      {rows.map(({ setting, label, words, rule, place }) => (
        <div key={`${setting} ${words}`} class="policy-row">
          <dt>{label}</dt>
          <dd>
            {words}
            <span class="policy-why secondary">
              {rule}
              <span class="mono policy-place"> {place}</span>
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
