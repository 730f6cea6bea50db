import { randomUUID } from 'node:crypto';
import type { AppInfo, SessionInfo } from '../preload/contract.ts';
import type { ElsewhereSession } from '../preload/contract-elsewhere.ts';
import type { Wire } from '../preload/wire.ts';
import type { Agent } from './agent/agent.ts';
import type { Dispose, Event } from './base/event.ts';
import { servePage } from './bridge/bridge.ts';
import type { PageWindow } from './bridge/desktop.ts';
import { toElsewhereSession } from './bridge/elsewhere.ts';
import { toSessionInfo } from './bridge/sessions.ts';
import type { Core } from './compose.ts';
import { openOrigins } from './compose-agent.ts';
import { openUpdates, type UpdateWay } from './compose-updates.ts';
import type { Uploads } from './compose-upload.ts';
import { openShell } from './exec/shell.ts';
import { createShellMemory } from './exec/shell-memory.ts';
import type { Library, LibraryRecovery } from './library/library.ts';
import type { Replays } from './replay/replays.ts';
import { BACKGROUND_PACE } from './search/search.ts';
import type { Doors } from './session/doors.ts';
import { createSessions } from './session/sessions.ts';
import { VERSION } from './version.ts';

export interface PagesOptions {
  readonly host: AppInfo['host'];
  /** Opens another window, or tells the address for one. */
  newWindow(): Promise<{ readonly url?: string }>;
  /** Where pages of others open shells. */
  readonly agent?: Agent;
  /** How this installation comes by updates; absent for what is served to a browser. */
  readonly updates?: UpdateWay;
}

export interface Pages {
  /** Answers one page until it is gone; what its window wishes of it is told to it. */
  serve(wire: Wire, window?: PageWindow): void;
  readonly liveSessions: number;
  readonly info: AppInfo;
  /** As pages are told of them: those of tabs, then those of other programs. */
  sessions(): readonly (SessionInfo | ElsewhereSession)[];
  /** One of them has changed, or is forgotten. */
  readonly onSessionsChanged: Event<void>;
}

/** So long after the start nothing reads recordings in the background: the window comes first. */
const BACKGROUND_DELAY_MS = 3_000;

/** The rooms that only a page needs: settings, sessions, library, and the bridge that answers it. */
export async function openPages(
  core: Core,
  options: PagesOptions & { readonly platform: NodeJS.Platform },
): Promise<Pages> {
  const { clock, log, paths, life, contexts, demo } = core;
  core.credentials.usePages();
  const [settings, library, replays, pruning, uploads] = await Promise.all([
    core.settings(),
    core.library(),
    core.replays(),
    core.pruning(),
    core.uploads(),
  ]);
  const recoveries: LibraryRecovery[] = [];
  life.own(library.onRecovered((recovery) => recoveries.push(recovery)));
  const memory = createShellMemory({ clock });
  const sessions = createSessions({
    clock,
    log,
    random: Math.random,
    newSessionId: randomUUID,
    newCastWriter: core.newCastWriter,
    terms: {
      answerPolicy: core.policy.answer,
      rehearseRecording: core.rehearseRecording,
      connectRecorders: core.connectRecorders,
    },
    markChoices: () => settings.current().settings,
    async openShell({ context, node, debug, reason: _reason, ...wish }, size, options) {
      const { debugShells } = core;
      if (node) return debugShells.openNodeShell(context, wish, node, size, options);
      if (debug) return debugShells.openContainerShell(context, wish, debug, size, options);
      const transport = await contexts.transport(context);
      return openShell({ transport, clock, memory }, wish, size, options);
    },
  });
  // Before the sessions, so that it ends after them: with the last shell gone what is ready may be installed.
  const updates = openUpdates(core, { settings, library, sessions }, options.updates ?? { why: 'browser' });
  life.own(() => sessions.end(core.failure()));
  const proxy = core.proxy.keep(life.child('proxy'));
  // After the proxy, so that it ends before: its stop would end them as by the user.
  life.own(() => core.elsewhere.endAll(core.failure()));
  life.own(followElsewhere(core.elsewhere, library));
  // Never rejects.
  life.own(core.policy.onChanged(() => void sessions.reviewPauses()));
  life.own(
    sessions.onChanged(({ recording }) => {
      // A row that cannot be read says so itself in the list.
      if ('recordingId' in recording) void library.refresh(recording.recordingId);
    }),
  );
  startInBackground(core, replays);
  // Not awaited: it ends with the lifetime's signal and does not reject.
  void pruning.keepUp({ signal: life.signal });
  followUploads(core, uploads);
  const info: AppInfo = {
    version: VERSION,
    platform: toKnownPlatform(options.platform),
    host: options.host,
    home: paths.home,
    recordingsFolder: paths.recordings,
    keyPlace: core.keyPlace,
  };
  const rooms = {
    clock,
    log,
    info,
    contexts,
    demo,
    sessions,
    library,
    recoveries: () => recoveries,
    pruning,
    replays,
    search: () => core.search(BACKGROUND_PACE),
    settings,
    exchange: core.exchange,
    policy: core.policy,
    updates,
    elsewhere: core.elsewhere,
    proxy,
    pageDoor: { origins: openOrigins(core), ...(options.agent && { agent: options.agent }) },
    untoldRequests: core.untoldRequests,
    uploads,
    doctor: core.doctor,
    decryptionKeys: core.decryptionKeys,
    userRequests: core.credentials.requests,
    newWindow: options.newWindow,
  };
  return {
    serve(wire, window) {
      servePage(rooms, wire, life, window);
    },
    info,
    sessions: () => [...sessions.list().map(toSessionInfo), ...core.elsewhere.list().map(toElsewhereSession)],
    onSessionsChanged(listener) {
      const stops = [
        sessions.onChanged(() => listener()),
        sessions.onForgotten(() => listener()),
        core.elsewhere.onChanged(listener),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
    get liveSessions() {
      return sessions.list().filter(({ state }) => state.kind !== 'ended').length;
    },
  };
}

function toKnownPlatform(platform: NodeJS.Platform): AppInfo['platform'] {
  return platform === 'darwin' || platform === 'win32' ? platform : 'linux';
}

/** What is owed is delivered from here on. */
function followUploads({ clock, log, policy, life }: Core, { queue }: Uploads): void {
  life.own(policy.onChanged(() => queue.reconsider()));
  async function start(): Promise<void> {
    await clock.sleep(BACKGROUND_DELAY_MS, { signal: life.signal });
    await queue.work();
  }
  start().catch((error: unknown) => {
    if (!life.signal.aborted) log.error({ error: String(error) }, 'nothing that is owed is delivered');
  });
}

/** As for the sessions here: a recording that grows, or has ended, is told to who shows it. */
function followElsewhere(elsewhere: Doors, library: Library): Dispose {
  let known: ReadonlySet<string> = new Set();
  return elsewhere.onChanged(() => {
    const open = elsewhere
      .list()
      .flatMap(({ recording }) =>
        'recordingId' in recording && recording.recordingId ? [recording.recordingId] : [],
      );
    // A row that cannot be read says so itself in the list.
    for (const recordingId of new Set([...known, ...open])) void library.refresh(recordingId);
    known = new Set(open);
  });
}

function startInBackground({ clock, log, life, search }: Core, replays: Replays): void {
  async function start(): Promise<void> {
    await clock.sleep(BACKGROUND_DELAY_MS, { signal: life.signal });
    await search(BACKGROUND_PACE);
    await replays.prepare();
  }
  start().catch((error: unknown) => {
    if (!life.signal.aborted)
      log.error({ error: String(error) }, 'recordings are not read in the background');
  });
}
