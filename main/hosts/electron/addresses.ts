/** Where the page lives in the desktop app: a scheme of its own, so that it is nobody else's origin. */
export const PAGE_SCHEME = 'app';
export const PAGE_ADDRESS = 'app://kubereel/';

/** Whether an address is one of the page's own. */
export function isPageAddress(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === `${PAGE_SCHEME}:` && url.host === 'kubereel';
}

/** Whether a link may be handed to the system's browser or mail program; everything else is refused. */
export function isExternalAddress(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === 'https:' || url?.protocol === 'mailto:';
}

/** By which systems tell the app from others; packages have the same. */
export const APP_ID = 'example.kubereel.Kubereel';
