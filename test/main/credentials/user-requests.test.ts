import { expect, test } from 'vitest';
import { createLoginScreen, type LoginTerminal } from '../../../main/credentials/login-terminal.ts';
import { createUserRequests, type UserRequest } from '../../../main/credentials/user-requests.ts';

const subject = {
  context: 'prod',
  kubeconfigPath: '/home/a/.kube/config',
  command: 'aws',
  path: '/usr/bin/aws',
  args: ['eks', 'get-token'],
};

function listen() {
  const requests = createUserRequests();
  const told: (readonly UserRequest[])[] = [];
  requests.onChanged((list) => told.push(list));
  return { requests, told };
}

test('a request is told when it comes, when more wait for it and when it goes', () => {
  const { requests, told } = listen();
  const open = requests.open('consent', subject, { onAnswer: () => {} });
  open.setWaiting(3);
  open.setWaiting(3);
  expect(requests.list()).toEqual([
    { ...subject, requestId: expect.any(String), kind: 'consent', waiting: 3 },
  ]);
  open.close();
  open.close();
  expect(told.map((list) => list.map(({ waiting }) => waiting))).toEqual([[1], [3], []]);
});

test('nothing but what is told about a plugin crosses', () => {
  const { requests } = listen();
  const more = { ...subject, env: [{ name: 'TOKEN', value: 'marker-secret' }] };
  requests.open('consent', more, { onAnswer: () => {} });
  expect(JSON.stringify(requests.list())).not.toContain('marker-secret');
});

test('an answer reaches who asked; one that comes too late is refused', () => {
  const { requests } = listen();
  const answers: string[] = [];
  const open = requests.open('consent', subject, { onAnswer: (answer) => answers.push(answer) });
  const requestId = requests.list()[0]?.requestId ?? '';
  requests.answer(requestId, 'allow');
  expect(answers).toEqual(['allow']);
  open.close();
  expect(() => requests.answer(requestId, 'allow')).toThrow(expect.objectContaining({ code: 'not-found' }));
});

test('a login has a terminal and a question has none', () => {
  const { requests } = listen();
  const screen = createLoginScreen();
  const terminal: LoginTerminal = { view: screen.view, write: async () => {}, resize: () => {} };
  requests.open('login', subject, { onAnswer: () => {}, terminal });
  requests.open('consent', subject, { onAnswer: () => {} });
  const [login, consent] = requests.list();
  expect(requests.terminal(login?.requestId ?? '')).toBe(terminal);
  expect(() => requests.terminal(consent?.requestId ?? '')).toThrow('no terminal');
});

test('so many may be open, and no more', () => {
  const { requests } = listen();
  const open = Array.from({ length: 32 }, () => requests.open('consent', subject, { onAnswer: () => {} }));
  const ask = () => requests.open('consent', subject, { onAnswer: () => {} });
  expect(ask).toThrow(expect.objectContaining({ code: 'plugin-refused' }));
  open[0]?.close();
  expect(ask).not.toThrow();
});

test('somebody is there while at least one page is', () => {
  const { requests } = listen();
  expect(requests.isAttended).toBe(false);
  const [first, second] = [requests.attend(), requests.attend()];
  first();
  first();
  expect(requests.isAttended).toBe(true);
  second();
  expect(requests.isAttended).toBe(false);
});
