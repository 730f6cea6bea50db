/** The command in a terminal of its own, as a user has it. */
import { type IPty, spawn } from '@lydell/node-pty';
import { onTestFinished } from 'vitest';
import { keepLastOutput } from '../../main/base/terminal-end.ts';
import { BARE_ENVIRONMENT, CLI } from './kubereel-cli.ts';

export interface KubereelPty {
  readonly pty: IPty;
  /** Of the command, which tells it first. */
  pid(): number;
  /** All that came out of it. */
  screen(): string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
}

/** Runs `script` in a shell in which `kubereel` is the command, with this home. */
export function openKubereelPty(
  home: string,
  script: string,
  size: { readonly cols: number; readonly rows: number } = { cols: 80, rows: 24 },
): KubereelPty {
  const define = `kubereel() { sh -c 'echo "pid=$$;" >&2; exec "$@"' sh '${process.execPath}' '${CLI}' "$@"; }\n`;
  const pty = spawn('sh', ['-c', define + script], {
    ...size,
    env: {
      ...BARE_ENVIRONMENT,
      HOME: home,
      KUBEREEL_HOME: home,
      KUBECONFIG: `${home}/none`,
      TERM: 'xterm',
    },
  });
  keepLastOutput(pty);
  let screen = '';
  pty.onData((text) => {
    screen += text;
  });
  let isEnded = false;
  const ended = new Promise<number>((resolve) =>
    pty.onExit(({ exitCode }) => {
      isEnded = true;
      resolve(exitCode);
    }),
  );
  onTestFinished(() => {
    if (!isEnded) pty.kill('SIGKILL');
  });
  return { pty, screen: () => screen, pid: () => Number(/pid=(\d+);/.exec(screen)?.[1]), ended };
}
