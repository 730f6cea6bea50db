/** Shells that are open in other programs of this machine, and the doors through which they come. */
import type { JSX } from 'preact';
import type { Store } from '../store.ts';
import { ElsewhereRow } from './elsewhere-row.tsx';
import { nameOfElsewhere } from './elsewhere-words.ts';
import { KubectlSection } from './kubectl-section.tsx';
import { PagesSection } from './pages-section.tsx';

export function ElsewhereView({ store }: { readonly store: Store }): JSX.Element {
  const { contexts, elsewhere, view } = store;
  const sessions = elsewhere.sessions.value;
  return (
    <div class="settings elsewhere">
      <div class="settings-page">
        <h1 class="settings-title">Other programs</h1>
        <section class="settings-group" aria-label="Open shells">
          <h2>Open shells</h2>
          {sessions.length === 0 ? (
            <p class="secondary">
              None. What kubectl or a page in a browser opens through Kubereel stands here while it is open.
            </p>
          ) : (
            <ul class="elsewhere-list">
              {sessions.map((session) => (
                <ElsewhereRow
                  key={session.sessionId}
                  session={session}
                  nowMs={store.nowMs.value}
                  colour={contexts.colourOf(session.context)}
                  onOpen={(recordingId) => store.openReplay(recordingId)}
                  onEnd={() => {
                    view.overlay.value = { kind: 'end-elsewhere', sessionId: session.sessionId };
                  }}
                  onProblem={(problem) =>
                    view.say('lost', `The shell in ${nameOfElsewhere(session)} is not recorded`, problem)
                  }
                />
              ))}
            </ul>
          )}
        </section>
        <KubectlSection
          proxy={elsewhere.proxy.value}
          contexts={contexts.list.value?.contexts ?? []}
          colourOf={contexts.colourOf}
          onSwitch={store.switchProxy}
        />
        <PagesSection
          origins={elsewhere.origins.value}
          allowedNow={elsewhere.allowedNow.value}
          nowMs={store.nowMs.value}
          onAllow={store.allowPage}
          onRemove={(origin) => void store.removePage(origin)}
          onTokenTaken={elsewhere.forgetToken}
        />
      </div>
    </div>
  );
}
