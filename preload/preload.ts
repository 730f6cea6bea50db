import { ipcRenderer } from 'electron';
import { PORT_MESSAGE } from './handshake.ts';

// Hands the page one port to the core, and nothing else.
window.addEventListener('message', ({ source, data, ports }) => {
  if (source === window && data === PORT_MESSAGE && ports.length === 0) ipcRenderer.send(PORT_MESSAGE);
});

ipcRenderer.on(PORT_MESSAGE, ({ ports }) => {
  window.postMessage(PORT_MESSAGE, location.origin, ports);
});
