import { AppError } from '../base/errors.ts';
import type { ExecRequest } from './exec-url.ts';

/** What runtimes say when the program is not in the image (containerd, CRI-O, cri-dockerd). */
const NO_PROGRAM = /executable file not found|no such file or directory/;
/** The same by Windows (hcsshim, CreateProcess). */
const NO_PROGRAM_ON_WINDOWS = /the system cannot find the (file|path) specified/i;
/** Small, in every registry mirror, and with a shell; kubectl's documentation uses it too. */
const DEBUG_IMAGE = 'busybox';

export function isNoProgram(message: string): boolean {
  return NO_PROGRAM.test(message) || NO_PROGRAM_ON_WINDOWS.test(message);
}

/** Whether it was Windows that knew no such program: its shells have other names. */
export function isWindowsRefusal({ detail }: AppError): boolean {
  return detail !== undefined && NO_PROGRAM_ON_WINDOWS.test(detail);
}

/** `detail` is what the server said, or how it was found out; `context` is kubeconfig's. */
export function createNoShell(request: ExecRequest, detail: string, context: string): AppError {
  const { container, pod, command } = request;
  const message = `container ${container || `of ${pod}`} has no ${command[0] ?? 'shell'}`;
  const hint = NO_PROGRAM_ON_WINDOWS.test(detail)
    ? 'It seems to run Windows: open the shell again, and PowerShell is tried.'
    : `The image may have no shell at all, as distroless images do. A debug container brings one: ${formatDebug(request, context)}`;
  return new AppError('no-shell', message, { detail, hint });
}

/** Ours, as it is on record. With the names that the API allows no word needs quotes; a context's is free text. */
function formatDebug({ namespace, pod, container }: ExecRequest, context: string): string {
  const place = ['--context', quote(context), '--namespace', namespace];
  const target = container === '' ? [] : ['--target', container];
  return ['kubereel debug', pod, ...place, '--image', DEBUG_IMAGE, ...target, '-- sh'].join(' ');
}

function quote(word: string): string {
  return /^[\w./:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
