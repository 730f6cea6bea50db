import * as v from 'valibot';

/** What was known of a session beside where it was; whatever was not is absent. None of it but the reason can be a secret. */
export interface RecordingFacts {
  /** As the kubeconfig calls it, and its address without a login. */
  readonly cluster?: { readonly name: string; readonly server: string };
  readonly podUid?: string;
  /** As the pod's specification names it. */
  readonly image?: string;
  /** What really ran, by digest where the runtime knows it. */
  readonly imageId?: string;
  /** Where the pod ran. */
  readonly node?: string;
  /** Whom the API server took us for. */
  readonly user?: string;
  /** Of Kubereel. */
  readonly appVersion?: string;
  /** The app's session; commands have none. */
  readonly sessionId?: string;
  /** Whether the command had a terminal there. */
  readonly hasTty?: boolean;
  /** What was made for it to run in; absent: it ran in a container that was there. */
  readonly origin?: RecordingOrigin;
  /** It was taken in from a file: all else here is what that file says. */
  readonly imported?: ImportOrigin;
  /** Why it was opened, in the user's words. */
  readonly reason?: string;
  /** Its terminal was in another program, whose command went through us; absent: it was ours. */
  readonly door?: RecordingDoor;
}

/** By which way, and how that program names itself: a user agent, a page's origin. */
export interface RecordingDoor {
  readonly kind: 'kubectl' | 'browser';
  /** One line that no terminal obeys. */
  readonly client: string;
}

/** Where a recording is from that was not recorded here. */
export interface ImportOrigin {
  /** Of the file, without its folder. */
  readonly fileName: string;
  /** As `asciicast v3`, `ttyrec`. */
  readonly format: string;
  /** Of the file, in hex; absent while it is taken in. */
  readonly sha256?: string;
  /** As the file has it. */
  readonly title?: string;
}

export type RecordingOrigin =
  /** A debug container, which looks at the container `target`. */
  | { readonly kind: 'debug'; readonly target: string }
  /** A pod for a shell as root of `node`. */
  | { readonly kind: 'node' };

/** Of an object that holds facts beside other things. */
export const recordingFactsSchema: v.GenericSchema<unknown, RecordingFacts> = v.object({
  cluster: v.exactOptional(v.object({ name: v.string(), server: v.string() })),
  podUid: v.exactOptional(v.string()),
  image: v.exactOptional(v.string()),
  imageId: v.exactOptional(v.string()),
  node: v.exactOptional(v.string()),
  user: v.exactOptional(v.string()),
  appVersion: v.exactOptional(v.string()),
  sessionId: v.exactOptional(v.string()),
  hasTty: v.exactOptional(v.boolean()),
  reason: v.exactOptional(v.string()),
  door: v.exactOptional(v.object({ kind: v.picklist(['kubectl', 'browser']), client: v.string() })),
  origin: v.exactOptional(
    v.variant('kind', [
      v.object({ kind: v.literal('debug'), target: v.string() }),
      v.object({ kind: v.literal('node') }),
    ]),
  ),
  imported: v.exactOptional(
    v.object({
      fileName: v.string(),
      format: v.string(),
      sha256: v.exactOptional(v.string()),
      title: v.exactOptional(v.string()),
    }),
  ),
});
