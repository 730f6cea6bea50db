import { serveContract } from '../../preload/server.ts';
import type { Wire } from '../../preload/wire.ts';
import { createLifetime, type Lifetime } from '../base/lifetime.ts';
import { answerContexts, toContextList } from './contexts.ts';
import { answerCredentials, viewLogin } from './credentials.ts';
import { answerDesktop, type PageWindow } from './desktop.ts';
import { answerDoctor } from './doctor.ts';
import { answerElsewhere, toElsewhereSession, toProxyInfo } from './elsewhere.ts';
import { answerEncryption } from './encryption.ts';
import { exportRecording, importRecording, reviewExport } from './exchange.ts';
import { answerLibrary, toTimeline } from './library.ts';
import { answerOrigins, followOrigins } from './origins.ts';
import { answerPods } from './pods.ts';
import { answerPolicy } from './policy.ts';
import { toProblem } from './problem.ts';
import { answerRecordingText } from './recording-text.ts';
import { answerRecovery, toRecoveryInfo } from './recovery.ts';
import { answerRedaction } from './redaction.ts';
import { playRecording } from './replay.ts';
import type { Rooms } from './rooms.ts';
import { answerSessions, toSessionInfo } from './sessions.ts';
import { answerSettings, toSettingsState } from './settings.ts';
import { viewSession } from './streams.ts';
import { answerUpdates, toUpdatesInfo } from './updates.ts';
import { answerUploads, toUploadChange } from './uploads.ts';

/** Answers one page over one wire until either is gone. What the page was following ends with it. */
export function servePage(rooms: Rooms, wire: Wire, parent: Lifetime, window?: PageWindow): Lifetime {
  const life = createLifetime('page', (error) =>
    rooms.log.error({ error: String(error) }, 'page left badly'),
  );
  const forget = parent.own(() => life.end());
  life.own(forget);
  const server = serveContract({
    wire,
    handlers: {
      'app.info': async () => rooms.info,
      'app.newWindow': () => rooms.newWindow(),
      ...answerContexts(rooms),
      ...answerPods(rooms, (change) => server.emit('pods.changed', change), life),
      ...answerDesktop(rooms, window, (wish) => server.emit('desktop.wished', wish), life),
      ...answerDoctor(rooms, (report) => server.emit('doctor.changed', report), life),
      ...answerSessions(rooms),
      ...answerElsewhere(rooms),
      ...answerOrigins(rooms),
      ...answerCredentials(rooms),
      ...answerLibrary(rooms),
      ...answerRecordingText(rooms),
      ...answerRecovery(rooms),
      'library.review': (request, options) => reviewExport(rooms, request, options),
      ...answerRedaction(),
      ...answerEncryption(rooms),
      ...answerPolicy(rooms),
      ...answerUpdates(rooms),
      ...answerUploads(rooms),
      ...answerSettings(rooms),
    },
    streams: {
      'sessions.view': (params, stream, options) => viewSession(rooms, params, stream, options),
      'credentials.login': (params, stream, options) => viewLogin(rooms, params, stream, options),
      'library.play': (params, stream, options) => playRecording(rooms, params, stream, options),
      'library.export': (params, stream, options) => exportRecording(rooms, params, stream, options),
      'library.import': (params, stream, options) => importRecording(rooms, params, stream, options),
    },
    toProblem,
    onProtocolError: (error) => rooms.log.warn({ error: String(error) }, 'page spoke nonsense'),
  });
  const { contexts, demo, sessions, library, replays, policy, updates, uploads, settings, userRequests } =
    rooms;
  const { elsewhere, proxy } = rooms;
  const tellContexts = (): void =>
    server.emit('contexts.changed', toContextList(contexts.current(), demo.snapshot()));
  life.own(contexts.onChanged(tellContexts));
  life.own(demo.onChanged(tellContexts));
  life.own(sessions.onChanged((session) => server.emit('sessions.changed', toSessionInfo(session))));
  life.own(sessions.onForgotten((sessionId) => server.emit('sessions.forgotten', { sessionId })));
  life.own(
    elsewhere.onChanged(() => server.emit('elsewhere.changed', elsewhere.list().map(toElsewhereSession))),
  );
  life.own(proxy.onChanged(() => server.emit('proxy.changed', toProxyInfo(proxy))));
  life.own(followOrigins(rooms.pageDoor, (info) => server.emit('origins.changed', info)));
  life.own(userRequests.onChanged((requests) => server.emit('credentials.changed', requests)));
  life.own(userRequests.attend());
  life.own(library.onChanged((change) => server.emit('library.changed', change)));
  life.own(library.onRecovered((recovery) => server.emit('library.recovered', toRecoveryInfo(recovery))));
  life.own(replays.onTimeline((timeline) => server.emit('library.timeline', toTimeline(timeline))));
  life.own(settings.onChanged((current) => server.emit('settings.changed', toSettingsState(current))));
  life.own(policy.onChanged(() => server.emit('policy.changed', {})));
  life.own(updates.onChanged((now) => server.emit('updates.changed', toUpdatesInfo(rooms, now))));
  life.own(uploads.desk.onChanged((change) => server.emit('uploads.changed', toUploadChange(change))));
  life.own(() => wire.close());
  // Ending is what is to happen, and it does not reject.
  life.own(wire.onClosed(() => void life.end()));
  return life;
}
