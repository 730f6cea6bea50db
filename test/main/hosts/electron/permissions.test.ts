import { expect, test } from 'vitest';
import { denyPermissions, type GuardedSession } from '../../../../main/hosts/electron/permissions.ts';

type RequestHandler = NonNullable<Parameters<GuardedSession['setPermissionRequestHandler']>[0]>;
type CheckHandler = NonNullable<Parameters<GuardedSession['setPermissionCheckHandler']>[0]>;
type DeviceHandler = NonNullable<Parameters<GuardedSession['setDevicePermissionHandler']>[0]>;

const PAGE = 'app://kubereel/';

/** Asks a guarded session as Chromium does: a page for a grant, whoever wants to know, and for a device. */
function guard() {
  const handlers: { request?: RequestHandler; check?: CheckHandler; device?: DeviceHandler } = {};
  denyPermissions({
    setPermissionRequestHandler: (handler) => Object.assign(handlers, { request: handler }),
    setPermissionCheckHandler: (handler) => Object.assign(handlers, { check: handler }),
    setDevicePermissionHandler: (handler) => Object.assign(handlers, { device: handler }),
  });
  return {
    request(permission: string, address: string): boolean | undefined {
      let answer: boolean | undefined;
      const contents = { getURL: () => address } as Parameters<RequestHandler>[0];
      handlers.request?.(
        contents,
        permission as Parameters<RequestHandler>[1],
        (isGranted) => {
          answer = isGranted;
        },
        { requestingUrl: address, isMainFrame: true },
      );
      return answer;
    },
    check: (permission: string, origin: string) =>
      handlers.check?.(null, permission as Parameters<CheckHandler>[1], origin, {
        isMainFrame: true,
        requestingUrl: origin,
      }),
    device: () => handlers.device?.({} as Parameters<DeviceHandler>[0]),
  };
}

test.each(['clipboard-read', 'clipboard-sanitized-write'])(
  '%s is the page’s own, and nobody else’s',
  (name) => {
    const session = guard();
    expect([session.request(name, PAGE), session.check(name, PAGE)]).toEqual([true, true]);
    expect([session.request(name, 'https://a.example'), session.check(name, 'https://a.example')]).toEqual([
      false,
      false,
    ]);
  },
);

test.each(['media', 'geolocation', 'notifications', 'midi', 'openExternal', 'fileSystem', 'hid', 'no-such'])(
  '%s is denied, asked for or asked about',
  (name) => {
    const session = guard();
    expect([session.request(name, PAGE), session.check(name, PAGE)]).toEqual([false, false]);
  },
);

test('no device is given to anybody', () => {
  expect(guard().device()).toBe(false);
});
