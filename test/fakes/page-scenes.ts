/** States of a core that the page must look right in. */
import type { PodInfo } from '../../preload/contract.ts';
import { createPageCore, type PageCore } from './page-core.ts';
import { everything } from './page-everything.ts';
import { owing, owingMany, owingUnknown } from './page-owing.ts';
import {
  containerNamed,
  contextNamed,
  FIRST_SETTINGS,
  podNamed,
  recordingNamed,
  sessionNamed,
} from './page-things.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const ago = (ms: number): number => Date.now() - ms;

const CONTEXTS = {
  contexts: [
    contextNamed('prod-eu'),
    contextNamed('staging'),
    contextNamed('kind-dev', { namespace: 'default' }),
  ],
  current: 'staging',
  sources: [{ path: '/home/ada/.kube/config', state: 'loaded' as const }],
  demo: 'off' as const,
};

function shopPods(): readonly PodInfo[] {
  return [
    podNamed('api-0', {
      containers: [
        containerNamed('api'),
        containerNamed('istio-proxy', { image: 'docker.io/istio/proxyv2:1.29.0' }),
        containerNamed('migrate', { kind: 'init', state: 'terminated' }),
      ],
      defaultContainer: 'api',
      readyContainers: 2,
      totalContainers: 2,
    }),
    podNamed('api-1', { createdAtMs: ago(5 * HOUR_MS) }),
    podNamed('checkout-worker-6d5f7c9b8-x2v4q', {
      status: 'CrashLoopBackOff',
      readyContainers: 0,
      restarts: 17,
      createdAtMs: ago(42 * MINUTE_MS),
      containers: [containerNamed('worker', { state: 'waiting' })],
      defaultContainer: 'worker',
    }),
    podNamed('nightly-report-29384756-kq7zp', {
      phase: 'Succeeded',
      status: 'Completed',
      readyContainers: 0,
      containers: [containerNamed('report', { state: 'terminated' })],
      defaultContainer: 'report',
      createdAtMs: ago(9 * HOUR_MS),
    }),
    podNamed('search-5c8d7', {
      phase: 'Pending',
      status: 'ContainerCreating',
      readyContainers: 0,
      containers: [containerNamed('search', { state: 'waiting' })],
      defaultContainer: 'search',
      createdAtMs: ago(14_000),
    }),
    podNamed('web-7f9c5d8b4-x2x9z', { restarts: 2 }),
    podNamed('web-7f9c5d8b4-zz81k', { status: 'Terminating', createdAtMs: ago(3 * HOUR_MS) }),
    podNamed('coredns-668d6bf9bc-2xj4l', { namespace: 'kube-system' }),
  ];
}

/** A working day: contexts, pods, a library, places where one was. */
function shop(): PageCore {
  const recent = { context: 'staging', namespace: 'shop', pod: 'web-7f9c5d8b4-x2x9z', container: 'app' };
  return createPageCore({
    contexts: CONTEXTS,
    pods: new Map([
      ['staging', shopPods()],
      ['prod-eu', shopPods()],
      ['kind-dev', []],
      ['kubereel-demo', shopPods()],
    ]),
    recordings: new Map([
      ['r1', recordingNamed('r1')],
      ['r2', recordingNamed('r2', { pod: 'api-0', container: 'api', context: 'prod-eu', exitCode: 130 })],
    ]),
    settings: {
      problems: [],
      settings: {
        ...FIRST_SETTINGS,
        recentTargets: [recent, { context: 'prod-eu', namespace: 'shop', pod: 'api-0', container: 'api' }],
      },
    },
    screen: SCREEN,
  });
}

/** Three sessions: one live, one ended, one that never opened. */
function sessions(): PageCore {
  const core = shop();
  const now = Date.now();
  for (const session of [
    sessionNamed('s1'),
    sessionNamed('s2', {
      target: { context: 'prod-eu', namespace: 'shop', pod: 'api-0', container: 'api' },
      state: {
        kind: 'ended',
        startedAtMs: now - 200_000,
        endedAtMs: now - 67_000,
        end: { kind: 'exited', exitCode: 0 },
      },
      recording: { kind: 'stored', recordingId: 'r2', bytes: 48_213, lostBytes: 0 },
    }),
    sessionNamed('s3', {
      target: { context: 'staging', namespace: 'shop', pod: 'search-5c8d7', container: 'search' },
      state: {
        kind: 'ended',
        endedAtMs: now - 12_000,
        end: {
          kind: 'failed',
          problem: {
            code: 'exec-refused',
            message: 'the server refused the shell in search: container not found ("search")',
            hint: 'the pod may have been replaced; choose it anew in the list',
            detail: '404 Not Found',
          },
        },
      },
      recording: { kind: 'none' },
    }),
  ]) {
    core.state.sessions.set(session.sessionId, session);
  }
  return core;
}

function nothing(): PageCore {
  return createPageCore({
    contexts: {
      contexts: [],
      current: null,
      sources: [
        { path: '/home/ada/work/clusters/kubeconfig.yaml', state: 'missing' },
        {
          path: '/home/ada/.kube/config',
          state: 'failed',
          problem: {
            code: 'kubeconfig-invalid',
            message: 'line 14: a mapping entry has no value',
            hint: 'repair the file; it is read again when it changes',
          },
        },
      ],
      demo: 'off',
    },
  });
}

/** Each context fails in its own way; `prod-eu` never answers. */
function failing(): PageCore {
  return createPageCore({
    contexts: {
      ...CONTEXTS,
      contexts: [
        contextNamed('prod-eu'),
        contextNamed('staging'),
        contextNamed('legacy', {
          problem: {
            code: 'kubeconfig-invalid',
            message: 'user legacy-admin uses auth-provider gcp, which kubectl 1.26 removed',
            hint: 'use an exec plugin such as gke-gcloud-auth-plugin',
          },
        }),
      ],
    },
    watchProblems: new Map([
      [
        'staging',
        {
          code: 'kube-unauthorized',
          message: 'the server at staging.example.com answered 401 to the list of pods',
          hint: 'log in again, then retry',
          detail: '{"kind":"Status","code":401,"reason":"Unauthorized"}',
        },
      ],
    ]),
    failing: new Map([
      ['sessions.open', { code: 'unreachable', message: 'the core did not answer in 10 s' }],
    ]),
  });
}

/** Five hundred pods with names as long as they get, in all namespaces. */
function many(): PageCore {
  const pods = Array.from({ length: 500 }, (_, index) =>
    podNamed(
      `very-long-deployment-name-of-the-checkout-service-${String(index).padStart(3, '0')}-6d5f7c9b8-x2v4q`,
      {
        namespace: index % 3 === 0 ? 'a-namespace-with-a-long-name' : 'shop',
        restarts: index % 7 === 0 ? index : 0,
        status: index % 11 === 0 ? 'CreateContainerConfigError' : 'Running',
      },
    ),
  );
  const name = 'arn:aws:eks:eu-central-1:123456789012:cluster/production-of-the-whole-company';
  const names = [name, ...Array.from({ length: 20 }, (_, index) => `cluster-${index + 1}`)];
  return createPageCore({
    contexts: { ...CONTEXTS, contexts: names.map((one) => contextNamed(one)), current: name },
    pods: new Map([[name, pods]]),
  });
}

const SCREEN = [
  '\u001b[32mapp@web-7f9c5d8b4-x2x9z\u001b[0m:\u001b[34m/srv\u001b[0m$ ls -la',
  'total 28',
  'drwxr-xr-x 1 app  app  4096 Nov 18 09:12 \u001b[34m.\u001b[0m',
  'drwxr-xr-x 1 root root 4096 Nov 18 09:12 \u001b[34m..\u001b[0m',
  '-rw-r--r-- 1 app  app  1532 Nov 18 09:11 config.yaml',
  'drwxr-xr-x 2 app  app  4096 Nov 18 09:12 \u001b[34mpublic\u001b[0m',
  '-rwxr-xr-x 1 app  app  8211 Nov 18 09:11 \u001b[32mserve\u001b[0m',
  '\u001b[32mapp@web-7f9c5d8b4-x2x9z\u001b[0m:\u001b[34m/srv\u001b[0m$ ',
].join('\r\n');

/** Plugins want something: a question about staging, whose pods and whose shell wait; a login for prod-eu. */
function asking(): PageCore {
  const core = shop();
  // Contexts of one user share their login.
  const contexts = CONTEXTS.contexts.map((one) => ({ ...one, user: `ada@${one.name}` }));
  core.state.contexts = { ...CONTEXTS, contexts };
  core.state.pods.delete('staging');
  core.state.pods.delete('prod-eu');
  core.state.sessions.set(
    's1',
    sessionNamed('s1', { state: { kind: 'opening' }, recording: { kind: 'none' } }),
  );
  core.state.loginScreen = LOGIN_SCREEN;
  return core;
}

const LOGIN_SCREEN = [
  'To sign in, use a web browser to open the page https://login.example.com/device and enter the',
  ' code \u001b[1mG3X7-PQ2M\u001b[0m to authenticate.\r\n\r\nOr enter the code of your token: ',
].join('');

export const SCENES = {
  shop,
  sessions,
  nothing,
  failing,
  many,
  asking,
  owing: () => owing(shop()),
  owingUnknown: () => owingUnknown(shop()),
  owingMany: () => owingMany(shop()),
  everything: () => everything(owing(sessions())),
} as const;
export type SceneName = keyof typeof SCENES;
