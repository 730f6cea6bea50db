/** The requests of plugins in the page: the question above it, the login in its place, and bars that lead to them. */
import type { JSX } from 'preact';
import type { CredentialRequest } from '../../preload/contract.ts';
import type { PaneClient } from '../core-client.ts';
import { focusContent, focusPodFilter } from '../frame/parts.ts';
import type { Store } from '../store.ts';
import { isFocusFree } from '../terminal/terminal-frame.tsx';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/messages.tsx';
import { StatusDot } from '../ui/status-dot.tsx';
import { ConsentDialog } from './consent-dialog.tsx';
import { describeRequest } from './credential-words.ts';
import { LoginPane } from './login-pane.tsx';
import { isWaitingFor } from './request-places.ts';

/** Above the page, one after the other; what floats already is answered first. */
export function Consent({ store }: { readonly store: Store }): JSX.Element | null {
  const { credentials, view } = store;
  const request = credentials.asked.value;
  if (!request || view.overlay.value.kind !== 'none') return null;
  return (
    <ConsentDialog
      key={request.requestId}
      request={request}
      queued={credentials.questions.value.length - 1}
      onAnswer={(answer) => void store.answerRequest(request.requestId, answer)}
      onLater={() => credentials.putOff(request.requestId)}
    />
  );
}

interface LoginProps {
  readonly store: Store;
  readonly client: PaneClient;
  readonly request: CredentialRequest;
}

export function LoginInTab(props: LoginProps & { readonly panelId: string }): JSX.Element {
  return (
    <Login
      {...props}
      takesFocus={() =>
        isFocusFree() || document.activeElement?.closest(`#${CSS.escape(props.panelId)}`) != null
      }
      // The terminal below is shown again first.
      onFocusFreed={() => requestAnimationFrame(focusContent)}
    />
  );
}

export function LoginInPods(props: LoginProps): JSX.Element {
  const { filter } = props.store.contexts;
  return (
    <Login
      {...props}
      // What is being typed into the filter is not for the plugin.
      takesFocus={() =>
        filter.peek() === '' &&
        (isFocusFree() || document.activeElement?.closest('[data-part="side"]') != null)
      }
      onFocusFreed={focusPodFilter}
    />
  );
}

function Login({
  store,
  client,
  request,
  ...focus
}: LoginProps & {
  readonly takesFocus: () => boolean;
  readonly onFocusFreed: () => void;
}): JSX.Element | null {
  const host = store.info.value;
  if (!host) return null;
  return (
    <LoginPane
      key={request.requestId}
      client={client}
      request={request}
      settings={store.settings.state.value.settings}
      host={host}
      isVisible
      onSettings={(changes) => void store.changeSettings(changes)}
      onGiveUp={() => void store.answerRequest(request.requestId, 'refuse')}
      {...focus}
    />
  );
}

/** Along a place that waits for something which is not put to the user at this moment, or is so elsewhere. */
export function WaitingBar(props: { readonly store: Store; readonly context: string }): JSX.Element | null {
  const { store, context } = props;
  const contexts = store.contexts.list.value?.contexts ?? [];
  const request = store.requests.unseen.value.find((one) => isWaitingFor(one, context, contexts));
  if (!request) return null;
  return (
    <Notice
      tone="owed"
      actions={
        <Button onPress={() => goToRequest(store, request)}>
          {request.kind === 'consent' ? 'Review' : 'Log in'}
        </Button>
      }
    >
      {describeRequest(request)}
    </Notice>
  );
}

/** In the window's foot: the way to what nothing else leads to. */
export function RequestsElsewhere({ store }: { readonly store: Store }): JSX.Element | null {
  const elsewhere = store.requests.elsewhere.value;
  const [first] = elsewhere;
  if (!first) return null;
  return (
    <button type="button" class="status-requests tone-owed" onClick={() => goToRequest(store, first)}>
      <StatusDot shape="half" tone="owed" />
      <span class="ellipsis">
        {elsewhere.length === 1 ? describeRequest(first) : `${elsewhere.length} programs wait for you`}
      </span>
    </button>
  );
}

export function goToRequest(store: Store, request: CredentialRequest): void {
  if (request.kind === 'consent') {
    store.credentials.ask(request.requestId);
    return;
  }
  store.view.isSideOpen.value = true;
  void store.contexts.select(request.context);
  // Into its terminal, which stands in the place of the filter.
  focusPodFilter();
}
