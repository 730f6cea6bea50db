/** Heard, not seen: where the page says what has happened, and the watch over sessions that has it say so. */
import { effect } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import type { SessionInfo } from '../../preload/contract.ts';
import type { Store } from '../store.ts';
import { announce, announced } from '../ui/announcer.ts';
import { describeNews } from './session-news.ts';

export function Announcements({ store }: { readonly store: Store }): JSX.Element {
  // Before anything is painted: what happens until then is news as well.
  useLayoutEffect(() => announceSessions(store), [store]);
  const polite = announced.polite.value;
  const assertive = announced.assertive.value;
  return (
    <>
      {/* There before anything is said: what comes together with its region is not told. */}
      <div class="only-heard" role="status" aria-label="What happened">
        {polite && <p key={polite.id}>{polite.text}</p>}
      </div>
      <div class="only-heard" role="alert" aria-label="What went wrong">
        {assertive && <p key={assertive.id}>{assertive.text}</p>}
      </div>
    </>
  );
}

/** Returns what ends it. */
function announceSessions({ sessions }: Store): () => void {
  let before: ReadonlyMap<string, SessionInfo> | undefined;
  return effect(() => {
    const now = sessions.sessions.value;
    const news = [...now.values()].flatMap((session) => {
      const known = before?.get(session.sessionId);
      return known ? describeNews(known, session) : [];
    });
    before = now;
    for (const urgency of ['polite', 'assertive'] as const) {
      const texts = news.filter((one) => one.urgency === urgency).map(({ text }) => text);
      if (texts.length > 0) announce(texts.join(' '), urgency);
    }
  });
}
