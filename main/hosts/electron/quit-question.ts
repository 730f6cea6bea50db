/** What a person is told and asked before shells end with the app. Pure. */
export interface QuitQuestion {
  readonly message: string;
  readonly detail: string;
  /** The first keeps everything as it is, and is what Enter and Escape do. */
  readonly buttons: readonly [keep: string, end: string];
}

/** More do not fit into a dialog. */
const MOST_NAMES = 10;

export function askToQuit(shells: readonly string[]): QuitQuestion {
  const one = shells.length === 1;
  return {
    message: one ? 'A shell is still open' : `${shells.length} shells are still open`,
    detail: `${listNames(shells)}\n\nWhat runs in ${one ? 'it ends with it' : 'them ends with them'}. ${
      one ? 'Its recording is' : 'Their recordings are'
    } finished first and ${one ? 'stays' : 'stay'} in the library.`,
    buttons: ['Keep working', one ? 'End the shell and quit' : `End ${shells.length} shells and quit`],
  };
}

export function tellUnfinished(shells: readonly string[]): {
  readonly message: string;
  readonly detail: string;
} {
  const one = shells.length === 1;
  return {
    message: one ? 'A recording could not be finished' : `${shells.length} recordings could not be finished`,
    detail: `${listNames(shells)}\n\nWhat was recorded up to now is kept, and ${
      one ? 'it is' : 'they are'
    } mended when Kubereel is started again.`,
  };
}

function listNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return [...names.slice(0, MOST_NAMES), ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}
