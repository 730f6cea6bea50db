/**
 * What the page says, parsed once at the core's door. A call, stream or setting without a parser does not
 * compile. Names are only bounded here; whether they exist is the rooms' to say.
 */
import * as v from 'valibot';
import type { CallName, Calls, Settings, StreamName, Streams } from './contract.ts';
import { isCommandId } from './page-commands.ts';

type Parsers<Inputs> = { readonly [Name in keyof Inputs]: (input: unknown) => Inputs[Name] };

/** Input that is not of the contract's shape. The message names the place, never the value. */
export class InputError extends Error {
  readonly code = 'bad-input';
}

/** Kubernetes' own names are at most 253 characters; contexts are free text. */
const MAX_NAME = 512;
const MAX_ARGUMENTS = 256;
const MAX_ARGUMENT = 128 * 1024;
const MAX_RECENT_TARGETS = 50;
/** More than can be used, so that the answer says what is too much. */
const MAX_PATTERNS = 64;
const MAX_PATTERN = 4_096;
const MAX_SEARCH = 256;
const MAX_FILTER = 4_096;
const MAX_TRIAL = 64 * 1024;
const MAX_RECIPIENTS = 32;
/** Many keys with what is written around them. */
const MAX_KEYS = 64 * 1024;

/** A page changes more of them in several calls. */
const MAX_CHANGED = 1_000;
/** A century. */
const MAX_RETENTION_DAYS = 36_500;
const MAX_COMMENT = 64 * 1024;

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME));
const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
const size = v.strictObject({ cols: side, rows: side });
const target = v.strictObject({
  context: name,
  namespace: name,
  pod: name,
  container: v.exactOptional(name),
  command: v.exactOptional(
    v.pipe(
      v.array(v.pipe(v.string(), v.maxLength(MAX_ARGUMENT))),
      v.minLength(1),
      v.maxLength(MAX_ARGUMENTS),
    ),
  ),
});
const shell = v.strictObject({
  ...target.entries,
  debug: v.exactOptional(
    v.strictObject({
      image: name,
      profile: v.exactOptional(v.picklist(['general', 'baseline', 'restricted', 'netadmin', 'sysadmin'])),
    }),
  ),
  node: v.exactOptional(v.strictObject({ name, image: name })),
  reason: v.exactOptional(name),
});
const patterns = v.pipe(
  v.array(
    v.strictObject({
      name: v.pipe(v.string(), v.maxLength(MAX_NAME)),
      pattern: v.pipe(v.string(), v.maxLength(MAX_PATTERN)),
    }),
  ),
  v.maxLength(MAX_PATTERNS),
);
const mebibytes = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_048_576));
const empty = v.strictObject({});
const command = v.pipe(v.string(), v.guard(isCommandId));
const openedFile = v.strictObject({ fileId: name });
const session = v.strictObject({ sessionId: name });
const sessionSwitch = v.strictObject({ sessionId: name, on: v.boolean() });
const recording = v.strictObject({ recordingId: name });
const someRecordings = v.pipe(v.array(name), v.minLength(1), v.maxLength(MAX_CHANGED));
const someContexts = v.pipe(v.array(name), v.minLength(1), v.maxLength(MAX_CHANGED));
const tags = v.pipe(v.array(name), v.maxLength(MAX_ARGUMENTS));
/** Microseconds since a recording's start. */
const moment = v.pipe(v.number(), v.finite(), v.minValue(0));
const sought = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_SEARCH));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const retention = v.strictObject({
  days: v.pipe(count, v.maxValue(MAX_RETENTION_DAYS)),
  quotaBytes: count,
});
const exported = v.strictObject({
  recordingId: name,
  format: v.picklist(['cast', 'cast3', 'text', 'html', 'svg', 'gif']),
  fromMicros: count,
  toMicros: v.exactOptional(count),
  isMasked: v.boolean(),
  gif: v.exactOptional(
    v.strictObject({
      speed: v.pipe(v.number(), v.minValue(0.1), v.maxValue(100)),
      idleLimitSeconds: v.pipe(v.number(), v.minValue(0.1), v.maxValue(86_400)),
      fontSize: v.pipe(v.number(), v.minValue(6), v.maxValue(48)),
      mostFrames: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000))),
    }),
  ),
});

const settingsChanges = v.strictObject({
  theme: v.exactOptional(v.picklist(['system', 'light', 'dark', 'contrast'])),
  fontFamily: v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME))),
  fontSize: v.exactOptional(v.pipe(v.number(), v.minValue(8), v.maxValue(32))),
  scrollback: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100_000))),
  copyOnSelect: v.exactOptional(v.boolean()),
  rightClick: v.exactOptional(v.picklist(['menu', 'paste'])),
  pasteGuard: v.exactOptional(v.boolean()),
  cursorBlink: v.exactOptional(v.boolean()),
  screenReader: v.exactOptional(v.boolean()),
  minimumContrast: v.exactOptional(v.picklist(['none', 'readable', 'high'])),
  reduceMotion: v.exactOptional(v.picklist(['system', 'on', 'off'])),
  textSize: v.exactOptional(v.pipe(v.number(), v.minValue(80), v.maxValue(200))),
  replayIdleSeconds: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(3_600))),
  debugImage: v.exactOptional(name),
  recordingSessionMiB: v.exactOptional(mebibytes),
  recordingFreeMiB: v.exactOptional(mebibytes),
  recordingLibraryMiB: v.exactOptional(mebibytes),
  promptMarkers: v.exactOptional(v.boolean()),
  mayPause: v.exactOptional(v.boolean()),
  recordingRequired: v.exactOptional(v.boolean()),
  redaction: v.exactOptional(v.strictObject({ enabled: v.boolean(), patterns })),
  encryption: v.exactOptional(
    v.strictObject({ recipients: v.pipe(v.array(name), v.maxLength(MAX_RECIPIENTS)) }),
  ),
  retention: v.exactOptional(retention),
  updateChannel: v.exactOptional(v.picklist(['stable', 'beta'])),
  updatesAutomatically: v.exactOptional(v.boolean()),
  recentTargets: v.exactOptional(v.pipe(v.array(target), v.maxLength(MAX_RECENT_TARGETS))),
} satisfies Record<keyof Settings, v.GenericSchema>);

export const callParsers: Parsers<{ [Name in CallName]: Calls[Name]['input'] }> = {
  'app.info': parserOf(empty),
  'app.newWindow': parserOf(empty),
  'contexts.list': parserOf(empty),
  'demo.start': parserOf(empty),
  'namespaces.list': parserOf(v.strictObject({ context: name })),
  'pods.watch': parserOf(v.strictObject({ context: name, namespace: v.nullable(name) })),
  'pods.unwatch': parserOf(v.strictObject({ watchId: name })),
  'sessions.open': parserOf(v.strictObject({ target: shell, size, confirmation: v.exactOptional(name) })),
  'sessions.list': parserOf(empty),
  'sessions.resize': parserOf(v.strictObject({ sessionId: name, size })),
  'sessions.reconnect': parserOf(session),
  'sessions.mark': parserOf(
    v.strictObject({ sessionId: name, label: v.pipe(v.string(), v.maxLength(MAX_NAME)) }),
  ),
  'sessions.recordInput': parserOf(sessionSwitch),
  'sessions.pauseRecording': parserOf(sessionSwitch),
  'sessions.close': parserOf(session),
  'sessions.forget': parserOf(session),
  'desktop.attend': parserOf(
    v.strictObject({ commands: v.pipe(v.array(command), v.maxLength(MAX_ARGUMENTS)) }),
  ),
  'desktop.import': parserOf(openedFile),
  'desktop.leave': parserOf(openedFile),
  'doctor.run': parserOf(
    v.strictObject({ context: name, namespace: v.exactOptional(name), pod: v.exactOptional(name) }),
  ),
  'doctor.stop': parserOf(v.strictObject({ runId: name })),
  'elsewhere.list': parserOf(empty),
  'elsewhere.end': parserOf(session),
  'proxy.state': parserOf(empty),
  'proxy.enable': parserOf(v.strictObject({ contexts: someContexts })),
  'proxy.disable': parserOf(v.strictObject({ contexts: someContexts })),
  'origins.state': parserOf(empty),
  'origins.allow': parserOf(v.strictObject({ address: name })),
  'origins.remove': parserOf(v.strictObject({ origin: name })),
  'credentials.requests': parserOf(empty),
  'credentials.answer': parserOf(
    v.strictObject({ requestId: name, answer: v.picklist(['allow', 'refuse']) }),
  ),
  'credentials.resize': parserOf(v.strictObject({ requestId: name, size })),
  'library.list': parserOf(empty),
  'library.recoveries': parserOf(empty),
  'library.get': parserOf(recording),
  'library.verify': parserOf(recording),
  'library.timeline': parserOf(recording),
  'library.thumbnail': parserOf(recording),
  'library.transcript': parserOf(
    v.strictObject({
      ...recording.entries,
      at: v.union([v.strictObject({ line: count }), v.strictObject({ timeMicros: moment })]),
    }),
  ),
  'library.find': parserOf(v.strictObject({ ...recording.entries, text: sought })),
  'library.review': parserOf(exported),
  'library.remove': parserOf(recording),
  'library.annotate': parserOf(
    v.strictObject({
      recordingIds: someRecordings,
      change: v.strictObject({
        addTags: v.exactOptional(tags),
        removeTags: v.exactOptional(tags),
        comment: v.exactOptional(v.pipe(v.string(), v.maxLength(MAX_COMMENT))),
        isPinned: v.exactOptional(v.boolean()),
      }),
    }),
  ),
  'library.storage': parserOf(empty),
  'library.prune': parserOf(v.strictObject({ isDryRun: v.boolean(), rules: v.exactOptional(retention) })),
  'library.search': parserOf(
    v.strictObject({
      text: sought,
      words: v.pipe(v.array(name), v.maxLength(MAX_ARGUMENTS)),
      filter: v.exactOptional(v.pipe(v.string(), v.maxLength(MAX_FILTER))),
      afterId: v.exactOptional(name),
    }),
  ),
  'redaction.builtIn': parserOf(empty),
  'redaction.try': parserOf(v.strictObject({ text: v.pipe(v.string(), v.maxLength(MAX_TRIAL)), patterns })),
  'encryption.keys': parserOf(empty),
  'encryption.newKey': parserOf(empty),
  'encryption.addKeys': parserOf(v.strictObject({ text: v.pipe(v.string(), v.maxLength(MAX_KEYS)) })),
  'policy.explain': parserOf(
    v.strictObject({ context: name, namespace: name, pod: name, container: v.exactOptional(name) }),
  ),
  'policy.state': parserOf(empty),
  'policy.untold': parserOf(empty),
  'updates.state': parserOf(empty),
  'updates.check': parserOf(empty),
  'updates.download': parserOf(empty),
  'updates.install': parserOf(empty),
  'uploads.list': parserOf(empty),
  'uploads.get': parserOf(recording),
  'uploads.retry': parserOf(v.strictObject({ recordingIds: v.exactOptional(someRecordings) })),
  'uploads.drop': parserOf(v.strictObject({ recordingIds: someRecordings })),
  'uploads.test': parserOf(
    v.strictObject({
      recorder: v.strictObject({
        nameOrUrl: name,
        kind: v.exactOptional(v.picklist(['tsrecorder', 'asciinema', 'alis'])),
      }),
    }),
  ),
  'settings.get': parserOf(empty),
  'settings.set': parserOf(v.strictObject({ changes: settingsChanges })),
};

export const streamParsers: Parsers<{ [Name in StreamName]: Streams[Name]['params'] }> = {
  'sessions.view': parserOf(session),
  'credentials.login': parserOf(v.strictObject({ requestId: name })),
  'library.play': parserOf(
    v.strictObject({
      ...recording.entries,
      fromMicros: v.exactOptional(moment),
      follows: v.exactOptional(v.boolean()),
    }),
  ),
  'library.export': parserOf(exported),
  'library.import': parserOf(v.strictObject({ fileName: name, bytes: count })),
};

function parserOf<Output>(schema: v.GenericSchema<unknown, Output>): (input: unknown) => Output {
  return (input) => {
    const result = v.safeParse(schema, input, { abortEarly: true });
    if (result.success) return result.output;
    const [issue] = result.issues;
    const place = v.getDotPath(issue) ?? 'input';
    throw new InputError(`${place}: expected ${issue.expected ?? 'something else'}`);
  };
}
