/**
 * A shell in one exec, without trying one after the other: the best that the image has takes the place of `sh`.
 * Runtimes set TERM=xterm only, which would cost colours.
 */
export const SHELL_COMMAND: readonly string[] = [
  'sh',
  '-c',
  'TERM=xterm-256color; export TERM; for s in bash ash; do command -v $s >/dev/null 2>&1 && exec $s; done; exec sh',
];
