import type { Session } from 'electron';
import { isPageAddress } from './addresses.ts';

/** Copying and pasting in a terminal; everything else a page could ask for is denied. */
const ALLOWED_PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-read', 'clipboard-sanitized-write']);

/** What of a session is used. */
export type GuardedSession = Pick<
  Session,
  'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
>;

/** Without handlers a session grants all that is asked of it (electronjs.org, Session, setPermissionRequestHandler). */
export function denyPermissions(target: GuardedSession): void {
  target.setPermissionRequestHandler((contents, permission, decide) =>
    decide(isAllowed(permission, contents.getURL())),
  );
  target.setPermissionCheckHandler((_contents, permission, origin) => isAllowed(permission, origin));
  target.setDevicePermissionHandler(() => false);
}

function isAllowed(permission: string, address: string): boolean {
  return ALLOWED_PERMISSIONS.has(permission) && isPageAddress(address);
}
