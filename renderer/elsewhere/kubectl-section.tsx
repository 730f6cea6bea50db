/** The switch for the user's own kubectl: through which contexts it goes, and the line that makes it do so. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ContextInfo } from '../../preload/contract.ts';
import type { ProxyInfo } from '../../preload/contract-elsewhere.ts';
import { CopyButton } from '../ui/messages.tsx';
import { Problem } from '../ui/problem.tsx';
import { ContextDot, StatusDot } from '../ui/status-dot.tsx';
import { describeProxy } from './elsewhere-words.ts';

export interface KubectlSectionProps {
  /** Undefined until the core has answered. */
  readonly proxy: ProxyInfo | undefined;
  /** Those of the kubeconfig. */
  readonly contexts: readonly ContextInfo[];
  readonly colourOf: (context: string) => number;
  /** Resolves when it holds, or has failed. */
  readonly onSwitch: (contexts: readonly string[], isOn: boolean) => Promise<void>;
}

export function KubectlSection({ proxy, contexts, colourOf, onSwitch }: KubectlSectionProps): JSX.Element {
  return (
    <section class="settings-group" aria-label="Your kubectl">
      <h2>Your kubectl</h2>
      <p class="settings-note secondary">
        A kubeconfig that is made beside your own leads kubectl, helm and k9s through Kubereel. What they open
        in pods is recorded under the same policy as the tabs here. Your own kubeconfig stays as it is.
      </p>
      {proxy && (
        <>
          <State proxy={proxy} />
          {proxy.contexts.length > 0 && <Line line={proxy.shellLine} />}
          <Contexts proxy={proxy} contexts={contexts} colourOf={colourOf} onSwitch={onSwitch} />
        </>
      )}
    </section>
  );
}

function State({ proxy }: { readonly proxy: ProxyInfo }): JSX.Element {
  const words = describeProxy(proxy);
  if (proxy.run.kind === 'failed') {
    return <Problem form="row" title="kubectl cannot go through Kubereel" problem={proxy.run.problem} />;
  }
  return (
    <p class="elsewhere-state" role="status">
      {words && (
        <>
          <StatusDot shape={words.shape} tone={words.tone} />
          <span class="numbers">{words.line}</span>
        </>
      )}
    </p>
  );
}

function Line({ line }: { readonly line: string }): JSX.Element {
  return (
    <div class="elsewhere-line">
      <p class="secondary">
        Run this in a terminal. What is started there from then on goes through Kubereel.
      </p>
      <div class="elsewhere-code">
        <code class="mono">{line}</code>
        <CopyButton text={line} />
      </div>
    </div>
  );
}

interface Switchable {
  readonly name: string;
  /** Beside the name. */
  readonly note?: string;
}

function Contexts({
  proxy,
  contexts,
  colourOf,
  onSwitch,
}: KubectlSectionProps & { readonly proxy: ProxyInfo }): JSX.Element {
  const known = new Set(contexts.map(({ name }) => name));
  const enabled = new Set(proxy.contexts);
  const rows: readonly Switchable[] = [
    ...contexts.map(({ name, isDemo }) => ({ name, ...(isDemo && { note: 'demo' }) })),
    ...proxy.contexts
      .filter((name) => !known.has(name))
      .map((name) => ({ name, note: 'not in the kubeconfig now' })),
  ];
  if (rows.length === 0) return <p class="secondary">The kubeconfig has no contexts to lead through.</p>;
  const names = rows.map(({ name }) => name);
  const isAll = names.every((name) => enabled.has(name));
  return (
    <div class="elsewhere-contexts">
      {rows.length > 1 && (
        <Switch
          id="proxy-all"
          isOn={isAll}
          onChange={(isOn) =>
            onSwitch(
              isOn ? contexts.map(({ name }) => name).filter((name) => !enabled.has(name)) : names,
              isOn,
            )
          }
        >
          <span>All contexts</span>
        </Switch>
      )}
      {rows.map(({ name, note }) => (
        <Switch
          key={name}
          id={`proxy-${encodeURIComponent(name)}`}
          isOn={enabled.has(name)}
          onChange={(isOn) => onSwitch([name], isOn)}
        >
          <ContextDot colour={colourOf(name)} />
          <span class="elsewhere-context">{name}</span>
          {note !== undefined && <span class="tag">{note}</span>}
        </Switch>
      ))}
    </div>
  );
}

function Switch(props: {
  readonly id: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => Promise<void>;
  readonly children: JSX.Element | readonly (JSX.Element | false)[];
}): JSX.Element {
  /** Shown until it holds, or is refused. */
  const [wish, setWish] = useState<boolean>();
  const isOn = wish ?? props.isOn;
  async function change(next: boolean): Promise<void> {
    setWish(next);
    await props.onChange(next);
    setWish(undefined);
  }
  return (
    <div class="elsewhere-switch">
      <label for={props.id}>{props.children}</label>
      <input
        id={props.id}
        type="checkbox"
        role="switch"
        class="switch"
        checked={isOn}
        aria-checked={isOn}
        onChange={(event) => void change(event.currentTarget.checked)}
      />
    </div>
  );
}
