/** The default session: schemes and permissions. Another one is not there. */
import { EventEmitter } from 'node:events';
import type { Engine } from './engine.ts';
import { nameMissing } from './missing.ts';
import { toChromiumAddress } from './scheme-address.ts';

type Handler = (request: Request) => Response | Promise<Response>;
type RequestHandler = (
  contents: object,
  permission: string,
  decide: (isGranted: boolean) => void,
  details: object,
) => void;
type CheckHandler = (contents: object | null, permission: string, origin: string, details: object) => boolean;

/** Chromium's names of what Electron's handlers are asked about. */
const PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  'clipboard-read': ['clipboard-read'],
  'clipboard-sanitized-write': ['clipboard-write'],
  'display-capture': ['display-capture'],
  geolocation: ['geolocation'],
  'idle-detection': ['idle-detection'],
  media: ['camera', 'microphone'],
  midi: ['midi'],
  notifications: ['notifications'],
  'persistent-storage': ['persistent-storage'],
  'window-management': ['window-management'],
};

const handlers = new Map<string, Handler>();
/** Those that the app has named before it was ready, by `registerSchemesAsPrivileged`. */
export const privilegedSchemes = new Set<string>();
let requestHandler: RequestHandler | null = null;
let checkHandler: CheckHandler | null = null;

const sessionProtocol = nameMissing('protocol', {
  handle(scheme: string, handler: Handler) {
    if (!privilegedSchemes.has(scheme)) {
      throw new Error(`the stand-in for Electron serves privileged schemes only, and ${scheme} is none`);
    }
    if (handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
    handlers.set(scheme, handler);
  },
  isProtocolHandled: (scheme: string) => handlers.has(scheme),
});

class Session extends EventEmitter {
  readonly protocol = sessionProtocol;

  setPermissionRequestHandler(handler: RequestHandler | null): void {
    requestHandler = handler;
  }

  setPermissionCheckHandler(handler: CheckHandler | null): void {
    checkHandler = handler;
  }

  /** Chromium offers no devices here: nobody asks. */
  setDevicePermissionHandler(): void {}
}

export const defaultSession: Session = nameMissing('Session', new Session());

export function findSchemeHandler(address: string): Handler | undefined {
  return handlers.get(new URL(address).protocol.slice(0, -1));
}

/**
 * Chromium asks nobody here: it is told once, for each window's page, what the handlers answer for its origin. Without
 * handlers all is granted, as in Electron.
 */
export async function applyPermissions(engine: Engine, address: string): Promise<void> {
  const { origin } = new URL(toChromiumAddress(address));
  if (origin === 'null') return;
  const contents = nameMissing('WebContents', { getURL: () => address });
  const details = { requestingUrl: address, isMainFrame: true };
  const answers = Object.entries(PERMISSIONS).map(async ([permission, names]) => {
    const isKnown = checkHandler?.(contents, permission, address, details) ?? true;
    const isGranted = isKnown && (await askHandler(contents, permission, details));
    await Promise.all(
      names.map((name) =>
        engine.browser.send('Browser.setPermission', {
          permission: { name, allowWithoutSanitization: false },
          setting: isGranted ? 'granted' : 'denied',
          origin,
        }),
      ),
    );
  });
  await Promise.all(answers);
}

function askHandler(contents: object, permission: string, details: object): Promise<boolean> {
  return new Promise((resolve) => {
    if (requestHandler) requestHandler(contents, permission, resolve, details);
    else resolve(true);
  });
}
