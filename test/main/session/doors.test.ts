import { expect, test } from 'vitest';
import { createEmitter } from '../../../main/base/event.ts';
import { createDoors, type Door } from '../../../main/session/doors.ts';
import type { TappedSnapshot } from '../../../main/session/elsewhere.ts';

interface ScriptedDoor extends Door {
  readonly deeds: string[];
  tell(): void;
}

function doorWith(kind: TappedSnapshot['door'], sessions: Readonly<Record<string, number>>): ScriptedDoor {
  const changed = createEmitter<void>();
  const deeds: string[] = [];
  return {
    deeds,
    tell: () => changed.fire(),
    list: () =>
      Object.entries(sessions).map(([sessionId, startedAtMs]) => ({
        sessionId,
        door: kind,
        client: kind,
        context: 'demo',
        namespace: 'shop',
        pod: 'web-0',
        container: '',
        command: [],
        kind: 'exec',
        startedAtMs,
        recording: { kind: 'none' },
      })),
    onChanged: changed.event,
    async end(sessionId) {
      deeds.push(`end ${sessionId}`);
    },
    async endAll(failure) {
      deeds.push(`end all: ${failure?.message ?? 'no failure'}`);
    },
  };
}

test('what comes in by any door is one list, in the order of its opening', () => {
  const doors = createDoors();
  doors.open(doorWith('kubectl', { first: 1, third: 3 }));
  doors.open(doorWith('browser', { second: 2 }));
  expect(doors.list().map(({ sessionId }) => sessionId)).toEqual(['first', 'second', 'third']);
});

test('each door tells, also one that was opened later', () => {
  const doors = createDoors();
  let told = 0;
  doors.onChanged(() => {
    told += 1;
  });
  const kubectl = doorWith('kubectl', {});
  const browser = doorWith('browser', {});
  doors.open(kubectl);
  kubectl.tell();
  doors.open(browser);
  browser.tell();
  expect(told).toBe(2);
});

test('one is ended at its own door, all at each of them', async () => {
  const doors = createDoors();
  const kubectl = doorWith('kubectl', { k1: 1 });
  const browser = doorWith('browser', { b1: 1 });
  doors.open(kubectl);
  doors.open(browser);
  await doors.end('b1');
  await doors.endAll();
  expect(kubectl.deeds).toEqual(['end all: no failure']);
  expect(browser.deeds).toEqual(['end b1', 'end all: no failure']);
  await expect(doors.end('gone')).rejects.toMatchObject({ code: 'session-not-found' });
});
