/**
 * Chromium alone cannot be taught a scheme. So a host of ours is one of the web's with the scheme in its name, reached
 * by the stand-in only: app://kubereel/x is https://kubereel.app.stand-in.test/x, a secure origin of its own.
 */
const SUFFIX = 'stand-in.test';

export function toChromiumAddress(address: string): string {
  const found = /^([a-z][a-z\d+.-]*):\/\/([^/?#]+)(.*)$/i.exec(address);
  if (!found || /^(https?|file)$/i.test(found[1] ?? '')) return address;
  const [, scheme = '', host = '', rest = ''] = found;
  return `https://${host}.${scheme}.${SUFFIX}${rest.startsWith('/') ? rest : `/${rest}`}`;
}

/** The address as the app knows it; what is not of a scheme of ours is as it was. */
export function toAppAddress(address: string): string {
  const found = /^https:\/\/(.+)\.([a-z][a-z\d+-]*)\.stand-in\.test(\/.*)?$/.exec(address);
  return found ? `${found[2]}://${found[1]}${found[3] ?? '/'}` : address;
}
