import { EventEmitter } from 'node:events';
import type { HandlerDetails } from 'electron';
import { expect, test } from 'vitest';
import { type GuardedContents, keepInPlace } from '../../../../main/hosts/electron/navigation.ts';

type OpenHandler = Parameters<GuardedContents['setWindowOpenHandler']>[0];

function guard() {
  const contents = new EventEmitter();
  const handed: string[] = [];
  let open: OpenHandler | undefined;
  keepInPlace(
    {
      async openExternal(address) {
        handed.push(address);
        throw new Error('no program is there for it');
      },
    },
    Object.assign(contents, {
      setWindowOpenHandler(handler: OpenHandler) {
        open = handler;
      },
    }) as unknown as GuardedContents,
  );
  return {
    handed,
    isPrevented(name: string): boolean {
      let isPrevented = false;
      contents.emit(name, {
        preventDefault() {
          isPrevented = true;
        },
      });
      return isPrevented;
    },
    open: (url: string) => open?.({ url } as HandlerDetails),
  };
}

test.each(['will-navigate', 'will-frame-navigate', 'will-attach-webview'])('%s is prevented', (name) => {
  expect(guard().isPrevented(name)).toBe(true);
});

test('no window is opened; web and mail links are the system’s, whose failure is its own', async () => {
  const contents = guard();
  for (const url of [
    ' HTTPS://kubernetes.io/a/../docs\n',
    'mailto:a@b.example',
    'file:///etc/passwd',
    'app://kubereel/',
  ]) {
    expect(contents.open(url)).toEqual({ action: 'deny' });
  }
  expect(contents.handed).toEqual(['https://kubernetes.io/docs', 'mailto:a@b.example']);
});
