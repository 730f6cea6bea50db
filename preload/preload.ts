import { ipcRenderer } from 'electron';
import { PORT_MESSAGE } from './handshake.ts';

// Hands the page one port to the core, once, and nothing else.
window.addEventListener('message', function ask({ source, origin, data, ports }) {
  if (source !== window || origin !== location.origin || data !== PORT_MESSAGE || ports.length > 0) return;
  window.removeEventListener('message', ask);
  ipcRenderer.send(PORT_MESSAGE);
});

ipcRenderer.once(PORT_MESSAGE, ({ ports }) => {
  window.postMessage(PORT_MESSAGE, location.origin, ports);
});
