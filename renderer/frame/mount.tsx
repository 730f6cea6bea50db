/** Puts the page into a document: store, theme, first questions to the core. */
import { computed, signal } from '@preact/signals';
import { type JSX, render } from 'preact';
import type { ProblemInfo } from '../../preload/contract.ts';
import type { PageClient } from '../core-client.ts';
import { followDesktop } from '../desktop/wishes.ts';
import { problemOf } from '../problem.ts';
import { followLinks, takeAfterCrash } from '../recording-address.ts';
import { createStore, type Store } from '../store.ts';
import { Button } from '../ui/button.tsx';
import { Waiting } from '../ui/messages.tsx';
import { followMotion } from '../ui/motion.ts';
import { Problem } from '../ui/problem.tsx';
import { followTheme } from '../ui/theme.ts';
import { Page } from './page.tsx';
import { estimateTerminalSize } from './terminal-size.ts';

type Start =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly problem: ProblemInfo };

/** Never rejects: what fails at the start is shown in place of the page. */
export async function mountPage(root: Element, client: PageClient): Promise<Store> {
  const start = signal<Start>({ kind: 'starting' });
  const store: Store = createStore({
    client,
    now: Date.now,
    terminalSize: () =>
      estimateTerminalSize(document.getElementById('content'), store.settings.state.peek().settings),
  });
  followTheme(computed(() => store.settings.state.value.settings.theme));
  followMotion(computed(() => store.settings.state.value.settings.reduceMotion));
  render(<Root store={store} client={client} start={start} />, root);
  // Awaited by nobody: it resolves when the window closes, or never.
  void client.closed.then((problem) => {
    store.view.lost.value = problem;
  });
  try {
    await store.load();
    start.value = { kind: 'ready' };
    followDesktop(store, client);
    if (takeAfterCrash()) {
      store.view.say(
        'owed',
        'This window failed and was loaded again. Its shells went on, and so did their recordings.',
      );
    }
    followLinks(({ recordingId, timeMicros }) =>
      store.openReplay(recordingId, timeMicros === undefined ? undefined : { timeMicros }),
    );
  } catch (error) {
    start.value = { kind: 'failed', problem: problemOf(error) };
  }
  return store;
}

function Root(props: {
  readonly store: Store;
  readonly client: PageClient;
  readonly start: { readonly value: Start };
}): JSX.Element {
  const state = props.start.value;
  if (state.kind === 'ready') return <Page store={props.store} client={props.client} />;
  if (state.kind === 'starting') return <Waiting what="Starting Kubereel" />;
  return <Failure title="Kubereel could not start" problem={state.problem} />;
}

/** In place of the page: nothing of it can work without the core. */
export function Failure({
  title,
  problem,
}: {
  readonly title: string;
  readonly problem: ProblemInfo;
}): JSX.Element {
  return (
    <div class="failure">
      <Problem title={title} problem={problem}>
        <Button icon="retry" kind="primary" onPress={() => location.reload()}>
          Try again
        </Button>
      </Problem>
    </div>
  );
}
