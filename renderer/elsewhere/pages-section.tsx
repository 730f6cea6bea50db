/** Which pages of a browser may open shells, which of them tried, and the token of one that was allowed just now. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { AllowedNow, OriginsInfo, RefusedOrigin } from '../../preload/contract-elsewhere.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { formatTime } from '../ui/format.ts';
import { CopyButton } from '../ui/messages.tsx';
import { describeRefused } from './elsewhere-words.ts';

export interface PagesSectionProps {
  /** Undefined until the core has answered. */
  readonly origins: OriginsInfo | undefined;
  readonly allowedNow: AllowedNow | undefined;
  /** Unix milliseconds. */
  readonly nowMs: number;
  /** Resolves with whether it is allowed now. */
  readonly onAllow: (address: string) => Promise<boolean>;
  readonly onRemove: (origin: string) => void;
  readonly onTokenTaken: () => void;
}

export function PagesSection({ origins, allowedNow, nowMs, ...on }: PagesSectionProps): JSX.Element {
  return (
    <section class="settings-group" aria-label="Pages in a browser">
      <h2>Pages in a browser</h2>
      <p class="settings-note secondary">
        A page that you allow, such as a console for Kubernetes, opens shells through{' '}
        <span class="mono">kubereel serve</span> with your kubeconfig. They are recorded under the same policy
        as the tabs here. Allow only pages that you trust as you trust this app.
      </p>
      {allowedNow && <Token {...allowedNow} onTaken={on.onTokenTaken} />}
      {origins && (
        <>
          <Allowed origins={origins} nowMs={nowMs} onRemove={on.onRemove} />
          <Refused refused={origins.refused ?? []} nowMs={nowMs} onAllow={on.onAllow} />
          <NewPage onAllow={on.onAllow} />
        </>
      )}
    </section>
  );
}

function Token({ origin, token, onTaken }: AllowedNow & { readonly onTaken: () => void }): JSX.Element {
  return (
    <div class="elsewhere-line" role="status">
      <p>{origin} is allowed, with this token. Give it to the page now: it is not shown again.</p>
      <div class="elsewhere-code">
        <code class="mono">{token}</code>
        <CopyButton text={token} />
        <Button onPress={onTaken}>Done</Button>
      </div>
    </div>
  );
}

function Allowed({
  origins,
  nowMs,
  onRemove,
}: Pick<PagesSectionProps, 'nowMs' | 'onRemove'> & { readonly origins: OriginsInfo }): JSX.Element {
  if (origins.allowed.length === 0) return <p class="secondary">No page is allowed.</p>;
  return (
    <ul class="elsewhere-list" aria-label="Allowed pages">
      {origins.allowed.map(({ origin, allowedAtMs }) => (
        <li key={origin} class="elsewhere-row">
          <div class="elsewhere-words">
            <p class="elsewhere-context">{origin}</p>
            <p class="secondary numbers">allowed {formatTime(allowedAtMs, nowMs)}</p>
          </div>
          <Button
            icon="close"
            title={`Allow ${origin} no longer; what it has open ends`}
            onPress={() => onRemove(origin)}
          >
            Remove
          </Button>
        </li>
      ))}
    </ul>
  );
}

function Refused({
  refused,
  nowMs,
  onAllow,
}: Pick<PagesSectionProps, 'nowMs' | 'onAllow'> & {
  readonly refused: readonly RefusedOrigin[];
}): JSX.Element | null {
  if (refused.length === 0) return null;
  return (
    <>
      <h3>Refused</h3>
      <ul class="elsewhere-list" aria-label="Refused pages">
        {refused.toReversed().map((page) => (
          <li key={page.origin} class="elsewhere-row">
            <div class="elsewhere-words">
              <p class="elsewhere-context">{page.origin}</p>
              <p class="secondary numbers">{describeRefused(page, nowMs)}</p>
            </div>
            <Button title={`Let ${page.origin} open shells`} onPress={() => void onAllow(page.origin)}>
              {page.why === 'wrong-token' ? 'New token' : 'Allow'}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

function NewPage({ onAllow }: Pick<PagesSectionProps, 'onAllow'>): JSX.Element {
  const [address, setAddress] = useState('');
  async function allow(): Promise<void> {
    if (address.trim() === '') return;
    if (await onAllow(address)) setAddress('');
  }
  return (
    <div class="elsewhere-new">
      <Field
        label="Address of a page"
        value={address}
        placeholder="https://console.example.com"
        most={512}
        onInput={setAddress}
        onKeyDown={(event) => {
          if (event.key === 'Enter') void allow();
        }}
      />
      <Button isDisabled={address.trim() === ''} onPress={() => void allow()}>
        Allow page
      </Button>
    </div>
  );
}
