/** Everything that can be done with the whole page, by name: for its palette and its keys, and for the app's menus. */
export type CommandId =
  | 'find'
  | 'pods'
  | 'library'
  | 'settings'
  | 'demo'
  | 'disconnect'
  | 'doctor'
  | 'tab.close'
  | 'kubectl'
  | 'requests'
  | 'uploads'
  | 'elsewhere'
  | 'retention'
  | 'tab.next'
  | 'tab.previous'
  | 'side'
  | 'part.next'
  | 'part.previous'
  | 'window.new'
  | 'keys'
  | 'mark'
  | 'pause'
  | 'resume'
  | 'input.on'
  | 'input.off'
  | 'reader.on'
  | 'reader.off'
  | 'theme.system'
  | 'theme.light'
  | 'theme.dark'
  | 'theme.contrast';

export const COMMAND_TITLES: Readonly<Record<CommandId, string>> = {
  find: 'Find a pod, a session, a command',
  pods: 'Go to the pods',
  library: 'Open the library',
  settings: 'Open the settings',
  demo: 'Start the demo cluster',
  disconnect: 'Disconnect from this context',
  doctor: 'Check this connection',
  'tab.close': 'Close this tab',
  kubectl: 'Copy as kubectl',
  requests: 'Answer what waits for you',
  uploads: 'Show what was not delivered',
  elsewhere: 'Show shells of other programs',
  retention: 'Let old recordings go',
  'tab.next': 'Next tab',
  'tab.previous': 'Previous tab',
  side: 'Show or hide the pods',
  'part.next': 'Go to the next part of the window',
  'part.previous': 'Go to the previous part of the window',
  'window.new': 'New window',
  keys: 'Show the keys',
  mark: 'Set a marker in the recording',
  pause: 'Pause the recording',
  resume: 'Go on recording',
  'input.on': 'Record what I type',
  'input.off': 'Stop recording what I type',
  'reader.on': 'Make terminals readable to a screen reader',
  'reader.off': 'Make terminals no longer readable to a screen reader',
  'theme.system': 'Theme: as the system',
  'theme.light': 'Theme: light',
  'theme.dark': 'Theme: dark',
  'theme.contrast': 'Theme: high contrast',
};

export function isCommandId(text: string): text is CommandId {
  return Object.hasOwn(COMMAND_TITLES, text);
}
