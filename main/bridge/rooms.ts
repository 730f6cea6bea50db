import type { AppInfo, CallName, Calls, UntoldRequests } from '../../preload/contract.ts';
import type { Agent } from '../agent/agent.ts';
import type { Origins } from '../agent/origins.ts';
import type { Clock } from '../base/clock.ts';
import type { Event } from '../base/event.ts';
import type { Log } from '../base/log.ts';
import type { UserRequests } from '../credentials/user-requests.ts';
import type { DemoSwitch } from '../demo/demo-switch.ts';
import type { Doctor } from '../doctor/doctor.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { Contexts } from '../kube/contexts.ts';
import type { Library, LibraryRecovery } from '../library/library.ts';
import type { Pruning } from '../library/pruning.ts';
import type { PolicyAnswer, RecorderAddress, RecorderKind } from '../policy/policy.ts';
import type { PolicyStore } from '../policy/policy-store.ts';
import type { ProxyRun } from '../proxy/switch/proxy-keeper.ts';
import type { DecryptionKeys } from '../recording/encryption/decryption-keys.ts';
import type { Replays } from '../replay/replays.ts';
import type { Search } from '../search/search.ts';
import type { TappedSessions } from '../session/elsewhere.ts';
import type { Sessions } from '../session/sessions.ts';
import type { ShellPlace } from '../session/shell-terms.ts';
import type { SettingsStore } from '../settings/settings.ts';
import type { Updates } from '../updates/updates.ts';
import type { UploadDesk } from '../upload/queue/upload-desk.ts';
import type { UploadTrial } from '../upload/upload-trial.ts';

/** The proxy for the user's own kubectl, as it is switched. */
export interface ProxySwitch {
  readonly kubeconfigPath: string;
  readonly shellLine: string;
  /** As last looked at. */
  snapshot(): { readonly contexts: readonly string[]; readonly run: ProxyRun };
  readonly onChanged: Event<void>;
  /** Rejects with `context-unknown` or `proxy-failed`. */
  enable(contexts: readonly string[]): Promise<void>;
  /** Rejects with `proxy-failed`. */
  disable(contexts: readonly string[]): Promise<void>;
}

/** The door for pages of a browser. */
export interface PageDoor {
  readonly origins: Origins;
  /** Absent where this program answers none. */
  readonly agent?: Pick<Agent, 'refused' | 'onRefused' | 'forgetRefused'>;
}

/** What the contract is answered from. */
export interface Rooms {
  readonly clock: Clock;
  readonly log: Log;
  readonly info: AppInfo;
  readonly contexts: Contexts;
  readonly demo: DemoSwitch;
  readonly sessions: Sessions;
  readonly library: Library;
  /** Since the start. */
  recoveries(): readonly LibraryRecovery[];
  readonly pruning: Pruning;
  readonly replays: Replays;
  /** Opened at its first use. */
  search(): Promise<Search>;
  readonly exchange: Exchange;
  readonly settings: SettingsStore;
  readonly decryptionKeys: DecryptionKeys;
  readonly policy: Pick<PolicyStore, 'read' | 'onChanged'> & {
    answer(place: ShellPlace): Promise<PolicyAnswer>;
  };
  untoldRequests(): readonly UntoldRequests[];
  readonly uploads: {
    readonly desk: UploadDesk;
    /** One that the policy names so, or any other. */
    findRecorder(nameOrUrl: string, kind?: RecorderKind): Promise<RecorderAddress>;
    /** As `sendTestRecording`. */
    test(recorder: RecorderAddress, options: { readonly signal: AbortSignal }): Promise<UploadTrial>;
  };
  /** Shells whose terminal is in another program. */
  readonly elsewhere: TappedSessions;
  readonly proxy: ProxySwitch;
  readonly pageDoor: PageDoor;
  readonly updates: Updates;
  readonly doctor: Doctor;
  readonly userRequests: UserRequests;
  /** Opens another window, or tells the address for one. */
  newWindow(): Promise<{ readonly url?: string }>;
}

/** The handlers of some calls, as one subject's file answers them. */
export type CallsOf<Name extends CallName> = {
  readonly [Key in Name]: (
    input: Calls[Key]['input'],
    options: { readonly signal: AbortSignal },
  ) => Promise<Calls[Key]['output']>;
};
