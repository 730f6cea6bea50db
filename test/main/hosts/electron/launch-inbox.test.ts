import { EventEmitter } from 'node:events';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { WindowWish } from '../../../../main/bridge/desktop.ts';
import { type LaunchInboxNeeds, openLaunchInbox } from '../../../../main/hosts/electron/launch-inbox.ts';

const HERE = resolve('/here');

function start(...argv: readonly string[]) {
  const app = new EventEmitter();
  const inbox = openLaunchInbox({
    app: app as unknown as LaunchInboxNeeds['app'],
    argv: ['kubereel', ...argv],
    workingDirectory: () => HERE,
    ownPaths: [],
  });
  const shown: (readonly WindowWish[])[] = [];
  let prevented = 0;
  const event = { preventDefault: () => (prevented += 1) };
  return {
    app,
    event,
    shown,
    open: () => inbox.open((wishes) => shown.push([...wishes])),
    prevented: () => prevented,
  };
}
const file = (...path: string[]): WindowWish => ({ kind: 'file', path: resolve(HERE, ...path) });

test('what comes before there is a window is shown in the first, after what the start named', () => {
  const { app, event, shown, open, prevented } = start('a.cast');
  app.emit('open-file', event, resolve('/b.cast'));
  app.emit('open-url', event, 'kubereel://recording/r1');
  app.emit('second-instance', {}, ['kubereel', 'c.cast'], resolve('/there'));
  expect(shown).toEqual([]);
  open();
  expect(shown).toEqual([
    [file('a.cast'), file('/b.cast'), { kind: 'recording', recordingId: 'r1' }, file('/there', 'c.cast')],
  ]);
  expect(prevented()).toBe(2);
});

test('what comes later is shown as it comes; another start without a wish shows the window', () => {
  const { app, event, shown, open } = start();
  open();
  app.emit('second-instance', {}, ['kubereel'], HERE);
  app.emit('open-file', event, resolve('/b.cast'));
  app.emit('open-url', event, 'kubereel:anything');
  expect(shown).toEqual([[], [], [file('/b.cast')], [expect.objectContaining({ kind: 'refused' })]]);
});
