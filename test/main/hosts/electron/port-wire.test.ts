import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { createPortWire } from '../../../../main/hosts/electron/port-wire.ts';
import { until } from '../../../fakes/until.ts';
import { toMainPort } from '../../../fakes/wires.ts';

test('text and bytes pass both ways, and the end is told once to each side', async () => {
  const { port1, port2 } = new MessageChannel();
  const [core, page] = [createPortWire(toMainPort(port1)), createPortWire(toMainPort(port2))];
  const heard: unknown[] = [];
  const ends: string[] = [];
  core.onMessage((message) => core.send(message as string));
  page.onMessage((message) => heard.push(message));
  core.onClosed(() => ends.push('core'));
  page.onClosed(() => ends.push('page'));
  page.send('text');
  page.send(new Uint8Array([1, 2, 3]));
  await until(() => heard.length === 2);
  expect(heard).toEqual(['text', new Uint8Array([1, 2, 3])]);
  page.close();
  await until(() => ends.length === 2);
  page.onClosed(() => ends.push('late'));
  expect(ends.sort()).toEqual(['core', 'late', 'page']);
});

test('a listener that was removed hears nothing more', async () => {
  const { port1, port2 } = new MessageChannel();
  const [core, page] = [createPortWire(toMainPort(port1)), createPortWire(toMainPort(port2))];
  const heard: unknown[] = [];
  const remove = core.onMessage((message) => heard.push(message));
  page.send('first');
  await until(() => heard.length === 1);
  remove();
  core.onMessage((message) => heard.push(`other ${String(message)}`));
  page.send('second');
  await until(() => heard.length === 2);
  expect(heard).toEqual(['first', 'other second']);
  core.close();
});
