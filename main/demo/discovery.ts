/** What the demo cluster says about itself: its version, its groups and their resources. */

interface ApiResource {
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
}

/** The release whose behaviour the demo cluster follows. */
const VERSION = {
  major: '1',
  minor: '33',
  gitVersion: 'v1.33.1+kubereel-demo',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2025-05-15T08:16:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: `${process.platform}/${process.arch}`,
};

const GROUPS = ['authentication.k8s.io', 'authorization.k8s.io'] as const;

const CORE_RESOURCES: readonly ApiResource[] = [
  {
    name: 'namespaces',
    singularName: 'namespace',
    namespaced: false,
    kind: 'Namespace',
    verbs: ['get', 'list', 'watch'],
    shortNames: ['ns'],
  },
  {
    name: 'pods',
    singularName: 'pod',
    namespaced: true,
    kind: 'Pod',
    verbs: ['create', 'delete', 'get', 'list', 'watch'],
    shortNames: ['po'],
  },
  {
    name: 'pods/attach',
    singularName: '',
    namespaced: true,
    kind: 'PodAttachOptions',
    verbs: ['create', 'get'],
  },
  {
    name: 'pods/ephemeralcontainers',
    singularName: '',
    namespaced: true,
    kind: 'Pod',
    verbs: ['patch'],
  },
  { name: 'pods/exec', singularName: '', namespaced: true, kind: 'PodExecOptions', verbs: ['create', 'get'] },
];

const REVIEWS: Readonly<Record<(typeof GROUPS)[number], ApiResource>> = {
  'authentication.k8s.io': {
    name: 'selfsubjectreviews',
    singularName: 'selfsubjectreview',
    namespaced: false,
    kind: 'SelfSubjectReview',
    verbs: ['create'],
  },
  'authorization.k8s.io': {
    name: 'selfsubjectaccessreviews',
    singularName: 'selfsubjectaccessreview',
    namespaced: false,
    kind: 'SelfSubjectAccessReview',
    verbs: ['create'],
  },
};

/** The document at a path, or undefined where there is none. Strings are plain text. */
export function discover(path: string, serverAddress: string): object | string | undefined {
  return documents(serverAddress).get(path.length > 1 ? path.replace(/\/$/, '') : path);
}

function documents(serverAddress: string): ReadonlyMap<string, object | string> {
  return new Map<string, object | string>([
    ['/version', VERSION],
    ['/healthz', 'ok'],
    ['/livez', 'ok'],
    ['/readyz', 'ok'],
    [
      '/api',
      {
        kind: 'APIVersions',
        versions: ['v1'],
        serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
      },
    ],
    ['/api/v1', { kind: 'APIResourceList', groupVersion: 'v1', resources: CORE_RESOURCES }],
    ['/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups: GROUPS.map(describeGroup) }],
    ...GROUPS.flatMap((group): [string, object][] => [
      [`/apis/${group}`, { kind: 'APIGroup', apiVersion: 'v1', ...describeGroup(group) }],
      [
        `/apis/${group}/v1`,
        {
          kind: 'APIResourceList',
          apiVersion: 'v1',
          groupVersion: `${group}/v1`,
          resources: [REVIEWS[group]],
        },
      ],
    ]),
  ]);
}

function describeGroup(group: string): object {
  const version = { groupVersion: `${group}/v1`, version: 'v1' };
  return { name: group, versions: [version], preferredVersion: version };
}
