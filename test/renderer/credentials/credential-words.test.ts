import { describe, expect, test } from 'vitest';
import { describeRequest, pluginName, waitingWords } from '../../../renderer/credentials/credential-words.ts';
import { requestNamed } from '../../fakes/page-things.ts';

describe('a plugin', () => {
  test('is called by its file`s name, wherever that lies', () => {
    for (const [command, name] of [
      ['kubelogin', 'kubelogin'],
      ['/usr/local/bin/kubelogin', 'kubelogin'],
      [String.raw`C:\tools\kubelogin.exe`, 'kubelogin.exe'],
      ['./bin/', './bin/'],
    ] as const) {
      expect(pluginName({ command })).toBe(name);
    }
  });

  test('says what it wants and how many wait', () => {
    expect(describeRequest(requestNamed('r'))).toBe('kubelogin waits for your leave to run');
    expect(describeRequest(requestNamed('r', { kind: 'login' }))).toBe('kubelogin asks you to log in');
    expect(waitingWords({ waiting: 1 })).toBe('1 request waits for it');
    expect(waitingWords({ waiting: 10 })).toBe('10 requests wait for it');
  });
});
