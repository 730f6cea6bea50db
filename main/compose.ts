import { type Clock, createSystemClock } from './base/clock.ts';
import type { AppError } from './base/errors.ts';
import { type KeyPlace, type KeyVault, openVault } from './base/key-vault.ts';
import { createLifetime, type Lifetime } from './base/lifetime.ts';
import { createLog, type Log } from './base/log.ts';
import { makePrivateFolder, type Paths, resolvePaths } from './base/paths.ts';
import type { TerminalSize } from './base/terminal-size.ts';
import { type Announcements, createAnnouncements } from './compose-announcement.ts';
import { createDeliveries } from './compose-delivery.ts';
import { openKube } from './compose-kube.ts';
import { createLibraryRooms, toRecordingLimits } from './compose-library.ts';
import { openPages, type Pages, type PagesOptions } from './compose-pages.ts';
import { openPolicyDesk, type PolicyDesk } from './compose-policy.ts';
import { createProxyDesk, type ProxyDesk } from './compose-proxy.ts';
import { createUploadRooms, type Uploads } from './compose-upload.ts';
import { type Credentials, type CredentialsNeeds, createCredentials } from './credentials/credentials.ts';
import { createLoginEnvironment, createOwnEnvironment } from './credentials/login-environment.ts';
import { startDemoCluster } from './demo/demo-cluster.ts';
import { createDemoSwitch, type DemoSwitch } from './demo/demo-switch.ts';
import type { Doctor } from './doctor/doctor.ts';
import { createExchange, type Exchange } from './exchange/exchange.ts';
import { type CommandTarget, type OpenedCommand, openCommand } from './exec/command.ts';
import { createDebugShells, type DebugShells } from './exec/debug-shells.ts';
import type { Contexts } from './kube/contexts.ts';
import { createFactFinder } from './kube/fact-finder.ts';
import { createNodeShellLedger } from './kube/node-shell-ledger.ts';
import type { Library } from './library/library.ts';
import type { Pruning } from './library/pruning.ts';
import type { RecorderAddress } from './policy/policy.ts';
import type { PolicyFile } from './policy/policy-file.ts';
import { createDecryptionKeys, type DecryptionKeys } from './recording/encryption/decryption-keys.ts';
import type { Signer } from './recording/integrity/seal.ts';
import { createSigningKeys, type SigningKeys } from './recording/integrity/signing-keys.ts';
import { describeThisProcess, isOwnerAlive } from './recording/owner.ts';
import type { PlannedRecording } from './recording/planned-recording.ts';
import type { RecordingDetails } from './recording/recording.ts';
import { createRedaction } from './recording/redaction/redaction.ts';
import { type CastWriter, createCastWriter } from './recording/writing/cast-writer.ts';
import { createLiveCasts } from './recording/writing/live-casts.ts';
import { rehearseRecording } from './recording/writing/recording-rehearsal.ts';
import { createSpaceGuard, type RecordingLimits } from './recording/writing/space-guard.ts';
import type { Replays } from './replay/replays.ts';
import type { Search } from './search/search.ts';
import type { ReadingPace } from './search/text-reader.ts';
import type { DeliveryStart, DeliverySubject } from './session/delivery-duty.ts';
import { createDoors, type Doors } from './session/doors.ts';
import { defaultSettings } from './settings/schema.ts';
import { openSettings, type SettingsSnapshot, type SettingsStore } from './settings/settings.ts';
import { VERSION } from './version.ts';

export interface ComposeOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** The one kubeconfig to use, in place of those that the environment or the home folder have. */
  readonly kubeconfigPath?: string | undefined;
  /** Started from an icon: what the user's shell would add to the environment is asked of it. */
  readonly isFromIcon?: boolean;
  /** Asks at a command's terminal whether a credential plugin may run. */
  readonly confirmPlugin?: CredentialsNeeds['confirm'];
  /** Locks this home's secret keys; without one they stand in files of mode 0600. */
  readonly keyVault?: KeyVault | undefined;
  /** In place of the policy that the system's administrator may have set. */
  readonly lockedPolicy?: PolicyFile | undefined;
}

/** For one recording, beside what the settings say. */
export interface RecordingWish {
  /** Secrets in its output are masked. */
  readonly isRedacted?: boolean;
  /** It is encrypted, to these age recipients too. */
  readonly encryptTo?: readonly string[];
  /** As `CastWriterNeeds.isRequired`. */
  readonly isRequired?: boolean;
  /** Recorders were told of it so. */
  readonly planned?: PlannedRecording;
}

/** The rooms that every entry uses. What only the page needs is opened by `openPages`. */
export interface Core {
  readonly clock: Clock;
  readonly log: Log;
  readonly paths: Paths;
  /** Ends with the core; what a host opens is owned by it. */
  readonly life: Lifetime;
  readonly contexts: Contexts;
  readonly demo: DemoSwitch;
  readonly doctor: Doctor;
  readonly credentials: Credentials;
  readonly signingKeys: SigningKeys;
  readonly decryptionKeys: DecryptionKeys;
  readonly keyPlace: KeyPlace;
  readonly policy: PolicyDesk;
  /** Of which no recorder was told, since the program was started. */
  readonly untoldRequests: Announcements['untold'];
  /** Read at its first use; so is the next. */
  settings(): Promise<SettingsStore>;
  library(): Promise<Library>;
  /** Lets recordings go by rules. */
  pruning(): Promise<Pruning>;
  /** Reads recordings from its first use on, at the pace of that. */
  search(pace: ReadingPace): Promise<Search>;
  /** Recordings handed on in other forms, and taken in. */
  readonly exchange: Exchange;
  replays(): Promise<Replays>;
  /** Brings recordings to recorders. */
  uploads(): Promise<Uploads>;
  newCastWriter(details: RecordingDetails, size: TerminalSize, options?: RecordingWish): Promise<CastWriter>;
  /** Rejects as beginning a recording would, and leaves nothing. */
  rehearseRecording(options?: RecordingWish): Promise<void>;
  /** As `ConnectRecorders`; the recording is begun with `planned` of what it resolves with. */
  connectRecorders(
    recorders: readonly RecorderAddress[],
    subject: DeliverySubject,
    options: { readonly wish?: RecordingWish | undefined; readonly signal: AbortSignal },
  ): Promise<DeliveryStart>;
  openCommand(
    context: string,
    target: CommandTarget,
    size: TerminalSize,
    options: { signal: AbortSignal },
  ): Promise<OpenedCommand>;
  /** Brings all that is being recorded onto the disk itself. Never rejects. */
  syncRecordings(): Promise<void>;
  readonly debugShells: DebugShells;
  /** Commands of other programs that go through us. */
  readonly elsewhere: Doors;
  readonly proxy: ProxyDesk;
  openPages(options: PagesOptions): Promise<Pages>;
  /** Why it ends, where that is a failure of ours. */
  failure(): AppError | undefined;
  /** Closes live sessions with their records complete, then everything else. */
  end(failure?: AppError): Promise<void>;
}

export async function compose(options: ComposeOptions): Promise<Core> {
  const { environment, platform, kubeconfigPath, keyVault = openVault } = options;
  const clock = createSystemClock();
  const paths = resolvePaths(environment, platform);
  await makePrivateFolder(paths.home);
  const log = createLog({ level: 'info', destination: paths.logFile });
  const life = createLifetime('core', (error, name) =>
    log.error({ lifetime: name, error: String(error) }, 'release failed'),
  );
  const demo = createDemoSwitch(
    {
      startCluster: () => startDemoCluster({ clock, log, folder: paths.demo }),
      onRunning: async () => void (await contexts.reload()),
    },
    // Its place is taken now: whenever it is started, it stops after the sessions that run in it.
    life.child('demo'),
  );
  const loginEnvironment = options.isFromIcon
    ? createLoginEnvironment({ environment, platform }, life)
    : createOwnEnvironment(environment);
  const credentials = createCredentials({
    clock,
    platform,
    approvalsFile: paths.pluginsFile,
    loginEnvironment,
    confirm: options.confirmPlugin,
  });
  const ledger = createNodeShellLedger({
    folder: paths.nodeShells,
    clock,
    owner: { describe: describeThisProcess, isAlive: isOwnerAlive },
  });
  const { contexts, doctor } = await openKube(
    {
      environment,
      loginEnvironment,
      platform,
      kubeconfigPath,
      proxyFolder: paths.proxy,
      clock,
      log,
      demo,
      credentials,
      ledger,
      announcerFor: (context) => announcements.announcerFor(context),
    },
    life,
  );
  const facts = createFactFinder({ clock, contexts, signal: life.signal });
  const signingKeys = createSigningKeys({ folder: paths.keys, vault: keyVault });
  const decryptionKeys = createDecryptionKeys({ folder: paths.keys, clock, vault: keyVault });
  let openingSettings: Promise<SettingsStore> | undefined;
  let limits: RecordingLimits = toRecordingLimits(defaultSettings);
  let ended: AppError | undefined;
  const liveCasts = createLiveCasts();
  const guard = createSpaceGuard({ clock, folder: paths.recordings, limits: () => limits });

  /** A recording without a seal is worth more than none. */
  async function signer(): Promise<Signer | undefined> {
    try {
      return await signingKeys.signer();
    } catch (error) {
      log.error({ error: String(error) }, 'recordings are kept without a seal');
      return undefined;
    }
  }

  async function readSettings(): Promise<SettingsStore> {
    const store = await openSettings({ file: paths.settingsFile, clock });
    const follow = (snapshot: SettingsSnapshot): void => {
      limits = toRecordingLimits(snapshot.settings);
    };
    follow(store.current());
    life.own(store.onChanged(follow));
    return store;
  }

  function settings(): Promise<SettingsStore> {
    openingSettings ??= readSettings();
    return openingSettings;
  }

  /** The settings may have changed since a recorder was told of it. */
  async function recipients({ encryptTo = [], planned }: RecordingWish): Promise<readonly string[]> {
    const { encryption } = (await settings()).current().settings;
    return planned?.encryptTo ?? [...new Set([...encryption.recipients, ...encryptTo])];
  }

  const policy = openPolicyDesk(
    { environment, platform, paths, lockedFile: options.lockedPolicy, contexts, settings },
    life,
  );
  const announcements = createAnnouncements({ clock, log, policy });
  const uploads = createUploadRooms({ clock, log, paths, policy, library: () => core.library() }, life);
  const core: Core = {
    clock,
    log,
    paths,
    life,
    contexts,
    demo,
    doctor,
    credentials,
    signingKeys,
    decryptionKeys,
    keyPlace: keyVault.place,
    policy,
    untoldRequests: announcements.untold,
    settings,
    ...uploads,
    ...createDeliveries({ clock, paths, recipients, ...uploads }),
    ...createLibraryRooms(
      { clock, log, paths, policy, signingKeys, decryptionKeys, signer, ...uploads },
      life,
    ),
    exchange: createExchange({
      clock,
      folder: paths.recordings,
      guard,
      signer,
      keys: decryptionKeys,
      encryptTo: async () => (await settings()).current().settings.encryption.recipients,
      patterns: async () => (await settings()).current().settings.redaction.patterns,
    }),
    async newCastWriter(details, size, wish = {}) {
      // The limits stand in them too.
      const chosen = (await settings()).current().settings;
      const { enabled, patterns } = chosen.redaction;
      const redaction = createRedaction({ enabled: enabled || wish.isRedacted === true, patterns });
      const encryptTo = await recipients(wish);
      const { isRequired = false, planned } = wish;
      const source = planned?.source && { source: planned.source };
      const known = { ...details, ...(await facts.known(details.context)), appVersion: VERSION, ...source };
      const writer = await createCastWriter(
        { clock, folder: paths.recordings, guard, liveCasts, redaction, encryptTo, signer, isRequired },
        { details: known, size, ...(planned && { recordingId: planned.recordingId }) },
      );
      writer.learn(facts.find(details));
      return writer;
    },
    async rehearseRecording(wish = {}) {
      const encryptTo = await recipients(wish);
      await rehearseRecording({ clock, folder: paths.recordings, guard, encryptTo });
    },
    async openCommand(context, target, size, options) {
      const transport = await contexts.transport(context);
      return openCommand({ transport, clock }, target, size, options);
    },
    syncRecordings: liveCasts.syncAll,
    elsewhere: createDoors(),
    proxy: createProxyDesk({ environment, platform, clock, log, paths, contexts, demo, core: () => core }),
    debugShells: createDebugShells({ clock, log, life, contexts, ledger }),
    openPages: (options) => openPages(core, { ...options, platform }),
    failure: () => ended,
    end(failure) {
      ended ??= failure;
      return life.end();
    },
  };
  return core;
}
