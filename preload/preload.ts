import { ipcRenderer } from 'electron';

/**
 * Hands the page one port to the core and nothing else: the page asks by a message to its own window and gets the
 * same message back with the port.
 */
const PORT_MESSAGE = 'kubereel:port';

window.addEventListener('message', ({ source, data, ports }) => {
  if (source === window && data === PORT_MESSAGE && ports.length === 0) ipcRenderer.send(PORT_MESSAGE);
});

ipcRenderer.on(PORT_MESSAGE, ({ ports }) => {
  window.postMessage(PORT_MESSAGE, location.origin, ports);
});
