import type { Clock } from '../base/clock.ts';
import type { Lifetime } from '../base/lifetime.ts';
import type { Log } from '../base/log.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import type { Contexts } from '../kube/contexts.ts';
import { DEFAULT_DEBUG_PROFILE, type DebugProfile } from '../kube/debug-profile.ts';
import type { NodeShellLedger } from '../kube/node-shell-ledger.ts';
import { type DebugTarget, type OpenDebugOptions, type OpenedDebug, openDebugContainer } from './debug.ts';
import { type NodeTarget, type OpenedNodeShell, openNodeShell } from './node-shell.ts';
import type { OpenedShell, ShellOptions, ShellWish } from './shell.ts';
import { SHELL_COMMAND } from './shell-choice.ts';

/** Shells where a pod has none, for whoever knows a context by its name. */
export interface DebugShells {
  openContainer(
    context: string,
    target: DebugTarget,
    size: TerminalSize,
    options: OpenDebugOptions,
  ): Promise<OpenedDebug>;
  openNode(
    context: string,
    target: NodeTarget,
    size: TerminalSize,
    options: OpenDebugOptions,
  ): Promise<OpenedNodeShell>;
  /** The first of them as a terminal of the page, which looks at the container of the wish. */
  openContainerShell(
    context: string,
    wish: ShellWish,
    debug: DebugWish,
    size: TerminalSize,
    options: ShellOptions,
  ): Promise<OpenedShell>;
  /** The second one; the pod of the wish is not looked at. */
  openNodeShell(
    context: string,
    wish: ShellWish,
    node: { readonly name: string; readonly image: string },
    size: TerminalSize,
    options: ShellOptions,
  ): Promise<OpenedShell>;
}

/** A debug container as the page asks for it. */
export interface DebugWish {
  readonly image: string;
  /** Absent: kubectl's default. */
  readonly profile?: DebugProfile;
}

export function createDebugShells(needs: {
  readonly clock: Clock;
  readonly log: Log;
  readonly life: Pick<Lifetime, 'signal'>;
  readonly contexts: Contexts;
  readonly ledger: NodeShellLedger;
}): DebugShells {
  const { contexts } = needs;

  const shells: DebugShells = {
    async openContainer(context, target, size, options) {
      const transport = await contexts.transport(context);
      return openDebugContainer({ ...needs, transport }, target, size, options);
    },
    async openNode(context, target, size, options) {
      const transport = await contexts.transport(context);
      return openNodeShell({ ...needs, transport }, target, size, options);
    },
    async openContainerShell(context, wish, { image, profile = DEFAULT_DEBUG_PROFILE }, size, options) {
      const work = { ...describeTerminal(wish), image, profile };
      const { target, ...opened } = await shells.openContainer(context, work, size, withProgress(options));
      return { ...opened, command: work.command, shown: { container: target } };
    },
    async openNodeShell(context, wish, { name, image }, size, options) {
      const work = { ...describeTerminal(wish), node: name, image };
      const { pod, ...opened } = await shells.openNode(context, work, size, withProgress(options));
      return { ...opened, command: work.command, shown: { pod, container: opened.container } };
    },
  };
  return shells;
}

type Terminal = ShellWish & { command: readonly string[]; stdin: true; tty: true };

function describeTerminal(wish: ShellWish): Terminal {
  return { ...wish, command: wish.command ?? SHELL_COMMAND, stdin: true, tty: true };
}

function withProgress({ onProgress = () => {}, signal }: ShellOptions): OpenDebugOptions {
  return { onProgress, signal };
}
