/** A link to somewhere else, with an address that others have told: only to web pages. */
import type { ComponentChildren, JSX } from 'preact';

export interface WebLinkProps {
  readonly url: string | undefined;
  readonly children: ComponentChildren;
}

/** Nothing where there is no address, or one that is no web page. */
export function WebLink({ url, children }: WebLinkProps): JSX.Element | null {
  if (url === undefined || !isWebAddress(url)) return null;
  return (
    <a class="link-button" href={url} target="_blank" rel="noopener noreferrer" title={url}>
      {children}
    </a>
  );
}

export function isWebAddress(url: string): boolean {
  return /^https?:$/.test(URL.parse(url)?.protocol ?? '');
}
