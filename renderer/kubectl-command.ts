/** What to type for the same with kubectl, ready to be pasted into the user's own shell. All pure. */
import type { AppInfo, ContextInfo, DebugWish, ShellTarget } from '../preload/contract.ts';

/** Where kubectl is to look: the context, and its file where kubectl would not find it by itself. */
export interface KubectlPlace {
  readonly context: string;
  readonly kubeconfigPath?: string;
}

/** The user's own kubeconfig is kubectl's as well; the demo cluster's is known to us alone. */
export function placeOf(context: string, known: ContextInfo | undefined): KubectlPlace {
  return known?.isDemo ? { context, kubeconfigPath: known.kubeconfigPath } : { context };
}

type Platform = AppInfo['platform'];

/** What opened a target, or would. `sh` is what every image with a shell has; kubectl chooses none by itself. */
export function kubectlShell(place: KubectlPlace, target: ShellTarget, platform: Platform): string {
  const { node, debug } = target;
  if (node) {
    const what = [
      '--image',
      node.image,
      '--profile',
      'sysadmin',
      '--',
      'chroot',
      '/host',
      ...commandOf(target),
    ];
    return printCommand(
      ['debug', '-it', `node/${node.name}`, ...flagsOf(place, target.namespace), ...what],
      platform,
    );
  }
  if (debug) return kubectlDebug(place, target, debug, platform);
  const container = target.container === undefined ? [] : ['-c', target.container];
  return printCommand(
    [
      'exec',
      '-it',
      target.pod,
      ...flagsOf(place, target.namespace),
      ...container,
      '--',
      ...commandOf(target),
    ],
    platform,
  );
}

/** A shell beside a container that has none: an ephemeral container that sees its processes. */
export function kubectlDebug(
  place: KubectlPlace,
  target: ShellTarget,
  { image, profile = 'general' }: DebugWish,
  platform: Platform,
): string {
  const beside = target.container === undefined ? [] : ['--target', target.container];
  // `general` is the profile that kubectl takes by itself from 1.36, and warns about before.
  const what = ['--image', image, '--profile', profile, ...beside];
  return printCommand(
    ['debug', '-it', target.pod, ...flagsOf(place, target.namespace), ...what, '--', ...commandOf(target)],
    platform,
  );
}

function commandOf({ command }: ShellTarget): readonly string[] {
  return command?.length ? command : ['sh'];
}

/** The pods of a namespace, or (null) of all. */
export function kubectlPods(place: KubectlPlace, namespace: string | null, platform: Platform): string {
  return printCommand(['get', 'pods', ...flagsOf(place, namespace)], platform);
}

function flagsOf({ context, kubeconfigPath }: KubectlPlace, namespace: string | null): string[] {
  return [
    ...(kubeconfigPath === undefined ? [] : ['--kubeconfig', kubeconfigPath]),
    '--context',
    context,
    ...(namespace === null ? ['--all-namespaces'] : ['-n', namespace]),
  ];
}

function printCommand(words: readonly string[], platform: Platform): string {
  const quote = platform === 'win32' ? quoteForPowerShell : quoteForPosix;
  return ['kubectl', ...words.map(quote)].join(' ');
}

/** Characters that mean nothing to a shell wherever they stand in a word. */
const PLAIN_POSIX = /^[A-Za-z0-9_./:@%+-]+$/;

/** One word for any shell of POSIX. Within single quotes everything but their own sign stands for itself. */
export function quoteForPosix(word: string): string {
  return PLAIN_POSIX.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A word of letters is one to PowerShell as well; of numbers, `@` and commas it makes something else. */
const PLAIN_POWERSHELL = /^(?:-{1,2}[a-z-]*|[A-Za-z/][A-Za-z0-9_./:-]*)$/;

/**
 * One word for PowerShell from 7.3, which hands it to programs unchanged. It takes the typographic single
 * quotes for quotes too, and a doubled one for itself (about_Quoting_Rules).
 */
export function quoteForPowerShell(word: string): string {
  return PLAIN_POWERSHELL.test(word) ? word : `'${word.replaceAll(/['‘’‚‛]/g, '$&$&')}'`;
}
