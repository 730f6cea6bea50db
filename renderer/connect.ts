import { type ContractClient, createClient } from '../preload/client.ts';
import { ContractError } from '../preload/contract-error.ts';
import { PORT_MESSAGE, TOKEN_PREFIX, WIRE_PROTOCOL } from '../preload/handshake.ts';
import { readLinkFragment } from './recording-address.ts';
import { createPortWire, createSocketWire } from './wires.ts';

/** Where the tab keeps its token: gone with the tab, kept over a reload, seen by no other origin. */
const TOKEN_KEY = 'kubereel.token';
/** Long, since a machine that has just started does many things at once; there is nothing else to try. */
const PORT_WAIT_MS = 20_000;

/**
 * Connects the page to the core: over Electron's port, or in a browser by the one-time secret in the address.
 * Rejects with a `ContractError` that says what to do.
 */
export async function connectToCore(): Promise<ContractClient> {
  // The browser host serves it over plain HTTP on this machine; any other origin is the desktop app's own.
  if (location.protocol !== 'http:') return createClient(createPortWire(await requestPort()));
  return createClient(createSocketWire(await openSocket(await findToken())));
}

async function requestPort(): Promise<MessagePort> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(createRefusal('the window was given no way to its core')),
      PORT_WAIT_MS,
    );
    window.addEventListener('message', function receive({ source, origin, data, ports }) {
      if (source !== window || origin !== location.origin || data !== PORT_MESSAGE || !ports[0]) return;
      window.removeEventListener('message', receive);
      clearTimeout(timer);
      resolve(ports[0]);
    });
    window.postMessage(PORT_MESSAGE, location.origin);
  });
}

/** The token of this tab, or a new one for the secret in the address, which is taken out of it at once. */
async function findToken(): Promise<string> {
  const secret = readLinkFragment(location.hash) ? '' : location.hash.slice(1);
  if (secret !== '') history.replaceState(null, '', location.pathname);
  if (secret === '') {
    const kept = sessionStorage.getItem(TOKEN_KEY);
    if (kept !== null) return kept;
    throw createRefusal('this address has no secret');
  }
  const response = await fetch('/session', { method: 'POST', body: JSON.stringify({ secret }) }).catch(() => {
    throw createRefusal('Kubereel does not answer');
  });
  if (!response.ok) throw createRefusal('this link was used before, or is too old');
  const answer: unknown = await response.json();
  if (
    typeof answer !== 'object' ||
    answer === null ||
    !('token' in answer) ||
    typeof answer.token !== 'string'
  ) {
    throw createRefusal('Kubereel gave no token');
  }
  sessionStorage.setItem(TOKEN_KEY, answer.token);
  return answer.token;
}

function openSocket(token: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${location.host}/wire`, [WIRE_PROTOCOL, TOKEN_PREFIX + token]);
    socket.addEventListener('open', () => resolve(socket), { once: true });
    socket.addEventListener(
      'error',
      () => reject(createRefusal('Kubereel refused this window, or has ended')),
      {
        once: true,
      },
    );
  });
}

function createRefusal(message: string): ContractError {
  return new ContractError({
    code: 'core-refused',
    message,
    hint: 'Use the link that Kubereel printed when it started, or start it again.',
  });
}
