/** How updates are looked for, and who has decided it. */
export interface UpdateChoice {
  readonly channel: UpdateChannel;
  /** `automatic`: looked for, downloaded, and installed when the app ends. `by-hand`: each of it when asked to. */
  readonly check: 'automatic' | 'by-hand' | 'off';
  /** Who decided, where it was not the user. */
  readonly channelBy?: UpdateDecider;
  readonly checkBy?: UpdateDecider;
}

/** A file of the policy; a locked one is the administrator's. */
export interface UpdateDecider {
  readonly file: string;
  readonly isLocked: boolean;
}

export type UpdateChannel = 'stable' | 'beta';

/** What a file of the policy says of it. */
interface UpdateRuling {
  readonly path: string;
  readonly isLocked: boolean;
  readonly updates?: {
    readonly channel?: UpdateChannel;
    readonly check?: UpdateChoice['check'];
  };
}

/** For each of both the first file that says it decides; the user where none does. */
export function chooseUpdates(
  settings: { readonly updateChannel: UpdateChannel; readonly updatesAutomatically: boolean },
  files: readonly UpdateRuling[],
): UpdateChoice {
  const byChannel = files.find(({ updates }) => updates?.channel !== undefined);
  const byCheck = files.find(({ updates }) => updates?.check !== undefined);
  return {
    channel: byChannel?.updates?.channel ?? settings.updateChannel,
    check: byCheck?.updates?.check ?? (settings.updatesAutomatically ? 'automatic' : 'by-hand'),
    ...(byChannel && { channelBy: toDecider(byChannel) }),
    ...(byCheck && { checkBy: toDecider(byCheck) }),
  };
}

function toDecider({ path, isLocked }: UpdateRuling): UpdateDecider {
  return { file: path, isLocked };
}
