import type { App } from 'electron';
import type { WindowWish } from '../../bridge/desktop.ts';
import { openFile, openLink, readLaunch } from './launch.ts';

/** What the system and other starts want opened: kept until there is a window for it, then shown as it comes. */
export interface LaunchInbox {
  /** From now on; first what has come already. */
  open(show: (wishes: readonly WindowWish[]) => void): void;
}

export interface LaunchInboxNeeds {
  readonly app: Pick<App, 'on'>;
  /** Of this start. */
  readonly argv: readonly string[];
  workingDirectory(): string;
  readonly ownPaths: readonly string[];
}

/** To be called before the app is ready: on a Mac that is when the file arrives that it is started with. */
export function openLaunchInbox({ app, argv, workingDirectory, ownPaths }: LaunchInboxNeeds): LaunchInbox {
  const early = [...readLaunch(argv, { workingDirectory: workingDirectory(), ownPaths })];
  let show = (wishes: readonly WindowWish[]): void => void early.push(...wishes);
  app.on('second-instance', (_event, others, folder) =>
    show(readLaunch(others, { workingDirectory: folder, ownPaths })),
  );
  app.on('open-url', (event, url) => {
    event.preventDefault();
    show([openLink(url)]);
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    show([openFile(path, workingDirectory())]);
  });
  return {
    open(next) {
      show = next;
      next(early);
    },
  };
}
