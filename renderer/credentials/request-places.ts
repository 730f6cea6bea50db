/** Where a request of a plugin is shown, so that it stands in one place of the window, and which show nowhere. Pure. */
import type { ContextInfo, CredentialRequest, SessionInfo } from '../../preload/contract.ts';

/** The part of the window that decides about it. */
export interface WindowView {
  readonly contexts: readonly ContextInfo[];
  /** Of the tab in front. */
  readonly activeSession: SessionInfo | undefined;
  /** The context whose pods are listed, where the side is open. */
  readonly listedContext: string | undefined;
  /** Those that are put now, one after the other. */
  readonly questions: readonly CredentialRequest[];
}

export interface RequestPlaces {
  /** Fills the tab in front, whose shell waits for it. */
  readonly loginInTab: CredentialRequest | undefined;
  /** Stands where the pods would be listed. */
  readonly loginInPods: CredentialRequest | undefined;
  /** Are put to the user nowhere, and need a way to them. */
  readonly unseen: readonly CredentialRequest[];
  /** Those of them that nothing in the window waits for: no bar leads to them either. */
  readonly elsewhere: readonly CredentialRequest[];
}

export function placeRequests(requests: readonly CredentialRequest[], view: WindowView): RequestPlaces {
  const tabContext =
    view.activeSession && isWaiting(view.activeSession) ? view.activeSession.target.context : undefined;
  const logins = requests.filter((one) => one.kind === 'login');
  const places = new Map<'tab' | 'pods', CredentialRequest>();

  function put(place: 'tab' | 'pods', request: CredentialRequest | undefined): void {
    const isPut = [...places.values()].some((one) => one === request);
    if (request && !isPut && !places.has(place)) places.set(place, request);
  }

  // Where a login was named for this very context, before where it is only shared.
  put(
    'tab',
    logins.find((one) => one.context === tabContext),
  );
  put(
    'pods',
    logins.find((one) => one.context === view.listedContext),
  );
  put(
    'tab',
    logins.find((one) => isWaitingFor(one, tabContext, view.contexts)),
  );
  put(
    'pods',
    logins.find((one) => isWaitingFor(one, view.listedContext, view.contexts)),
  );
  const seen = new Set([...places.values(), ...view.questions]);
  const unseen = requests.filter((one) => !seen.has(one));
  return {
    loginInTab: places.get('tab'),
    loginInPods: places.get('pods'),
    unseen,
    elsewhere: unseen.filter(
      (one) =>
        !isWaitingFor(one, tabContext, view.contexts) &&
        !isWaitingFor(one, view.listedContext, view.contexts),
    ),
  };
}

/** A request names one context; others of the same user in the same file wait for the same run. */
export function isWaitingFor(
  request: CredentialRequest,
  context: string | undefined,
  contexts: readonly ContextInfo[],
): boolean {
  if (request.context === context) return true;
  const named = contexts.find((one) => one.name === request.context);
  const other = contexts.find((one) => one.name === context);
  return named?.user === other?.user && named !== undefined && named.kubeconfigPath === other?.kubeconfigPath;
}

function isWaiting({ state }: SessionInfo): boolean {
  return state.kind === 'opening' || state.kind === 'reconnecting';
}
