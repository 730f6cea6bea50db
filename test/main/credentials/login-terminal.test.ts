import { expect, test } from 'vitest';
import { createLoginScreen, type LoginRecord } from '../../../main/credentials/login-terminal.ts';
import { until } from '../../fakes/until.ts';

const signal = new AbortController().signal;

function output(text: string): LoginRecord {
  return { kind: 'output', timeMicros: 1, bytes: new TextEncoder().encode(text) };
}

function collect() {
  const records: LoginRecord[] = [];
  const words = (): string =>
    records
      .map((record) => (record.kind === 'output' ? Buffer.from(record.bytes).toString() : `<${record.kind}>`))
      .join('');
  return { words, write: async (record: LoginRecord) => void records.push(record) };
}

test('a window that comes later sees the login from its start, then live, until its end', async () => {
  const screen = createLoginScreen();
  screen.push({ kind: 'resize', timeMicros: 0, size: { cols: 80, rows: 24 } });
  screen.push(output('code: '));
  const window = collect();
  const viewing = screen.view(window.write, { signal });
  await until(() => window.words().endsWith('<caught-up>'));
  screen.push(output('42'));
  screen.end();
  await viewing;
  expect(window.words()).toBe('<resize>code: <caught-up>42');
  screen.push(output('late'));
  const second = collect();
  await screen.view(second.write, { signal });
  expect(second.words()).toBe('<resize>code: 42<caught-up>');
});

test('what is kept is bounded: its end stays, and a window too far behind is told to begin anew', async () => {
  const screen = createLoginScreen(100);
  screen.push(output('first'));
  const stuck = Promise.withResolvers<void>();
  const viewing = screen.view(() => stuck.promise, { signal });
  for (let index = 0; index < 20; index += 1) screen.push(output(`line ${index};`));
  stuck.resolve();
  await expect(viewing).rejects.toMatchObject({ code: 'viewer-detached' });
  screen.end();
  const window = collect();
  await screen.view(window.write, { signal });
  expect(window.words()).toContain('line 19;');
  expect(window.words().length).toBeLessThan(120);
});

test('a window that is closed leaves at once', async () => {
  const screen = createLoginScreen();
  const closing = new AbortController();
  const viewing = screen.view(async () => {}, { signal: closing.signal });
  closing.abort(new Error('window closed'));
  await expect(viewing).rejects.toThrow('window closed');
});
