/** Links to moments of recordings that the page's address is given, behind its `#`: by the system, or by hand. */
import { AFTER_CRASH } from '../preload/handshake.ts';
import { parseRecordingLink, type RecordingLink } from '../preload/recording-link.ts';

/** Undefined where the fragment is something else, such as a browser page's secret. */
export function readLinkFragment(fragment: string): RecordingLink | undefined {
  try {
    return parseRecordingLink(decodeURIComponent(fragment.replace(/^#/, '')));
  } catch {
    return undefined;
  }
}

/** Tells of the one in the address now and of each that comes; each is taken out of it, so that it can come again. */
export function followLinks(onLink: (link: RecordingLink) => void): void {
  function take(): void {
    const link = readLinkFragment(location.hash);
    if (!link) return;
    history.replaceState(null, '', location.pathname);
    onLink(link);
  }
  addEventListener('hashchange', take);
  take();
}

/** Whether this page stands in for one that has died; told once. */
export function takeAfterCrash(): boolean {
  if (location.hash !== `#${AFTER_CRASH}`) return false;
  history.replaceState(null, '', location.pathname);
  return true;
}
