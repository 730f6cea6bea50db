/**
 * A shell in one exec, without trying one after the other: the best that the image has takes the place of `sh`.
 * Runtimes set TERM=xterm only, which would cost colours.
 */
export const SHELL_COMMAND: readonly string[] = [
  'sh',
  '-c',
  'TERM=xterm-256color; export TERM; for s in bash ash; do command -v $s >/dev/null 2>&1 && exec $s; done; exec sh',
];

/**
 * The same for Windows: PowerShell where the image has it, else cmd. One word an argument and no quotes, since
 * runtimes join them into one line (hcsshim, EscapeArg) and cmd knows no escaped quotes.
 */
export const WINDOWS_SHELL_COMMAND: readonly string[] = [
  'cmd',
  '/d',
  '/c',
  'if',
  'exist',
  '%SystemRoot%\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
  '(powershell',
  '-NoLogo)',
  'else',
  '(cmd)',
];

/** What docker's runtimes report for a program that cannot be run, and for one that is not there. */
const NO_PROGRAM_EXIT_CODES: ReadonlySet<number> = new Set([126, 127]);

/**
 * Whether a command ended because the image has no shell. A shell that has printed anything was there: its exit
 * code is that of its own last command.
 */
export function isMissingShell(command: readonly string[], exitCode: number, hasPrinted: boolean): boolean {
  const isShell =
    command.length === SHELL_COMMAND.length && command.every((part, i) => part === SHELL_COMMAND[i]);
  return isShell && !hasPrinted && NO_PROGRAM_EXIT_CODES.has(exitCode);
}
