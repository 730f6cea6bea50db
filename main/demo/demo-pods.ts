/** What the demo cluster contains: believable, and one pod for each case that a client must get right. */

export interface PodPlan {
  readonly namespace: string;
  readonly name: string;
  /** Absent: a client has made it. */
  readonly owner?: { readonly kind: 'ReplicaSet' | 'StatefulSet' | 'Job' | 'Node'; readonly name: string };
  readonly labels: Readonly<Record<string, string>>;
  readonly node: string;
  readonly ip: string;
  readonly ageMinutes: number;
  readonly containers: readonly ContainerPlan[];
  readonly initContainers?: readonly ContainerPlan[];
  /** For the default-container annotation; absent: the pod has none. */
  readonly defaultContainer?: string;
  readonly life: PodLife;
}

export interface ContainerPlan {
  readonly name: string;
  readonly image: string;
  readonly port?: number;
  /** Whether the image holds programs besides its own. False: like a distroless image, nothing can be run in it. */
  readonly hasPrograms: boolean;
  /** Whether its own process has a terminal and reads from it, so that attaching is more than watching. */
  readonly isInteractive?: boolean;
  /** What its own process is; absent: something that works and tells of it. */
  readonly command?: readonly string[];
  /** Whether it is to be root of its node, as a debugging pod is. */
  readonly isNode?: boolean;
  /** Files that lie in its home, by relative path. */
  readonly files?: Readonly<Record<string, string>>;
}

export type PodLife =
  | { readonly kind: 'running' }
  /** Finished with exit code 0 so long after its start. */
  | { readonly kind: 'completed'; readonly tookSeconds: number }
  /** Runs, fails and is started again for ever; so often before we look. */
  | { readonly kind: 'crashing'; readonly restarts: number };

/** The namespace of the demo's context. */
export const HOME_NAMESPACE = 'shop';

export const NAMESPACES: readonly { readonly name: string; readonly ageMinutes: number }[] = [
  { name: 'data', ageMinutes: days(93) },
  { name: 'default', ageMinutes: days(94) },
  { name: 'kube-system', ageMinutes: days(94) },
  { name: 'shop', ageMinutes: days(93) },
];

const NODES = {
  'node-a': '10.20.0.11',
  'node-b': '10.20.0.12',
} as const;

export function nodeAddress(node: string): string {
  return NODES[node as keyof typeof NODES] ?? '10.20.0.10';
}

export const POD_PLANS: readonly PodPlan[] = [
  {
    namespace: 'shop',
    name: 'web-5d9c7b6f4-x2kqp',
    owner: { kind: 'ReplicaSet', name: 'web-5d9c7b6f4' },
    labels: { app: 'web', 'pod-template-hash': '5d9c7b6f4' },
    node: 'node-a',
    ip: '10.244.1.17',
    ageMinutes: days(6) + 190,
    containers: [
      {
        name: 'web',
        image: 'docker.io/library/nginx:1.27',
        port: 8080,
        hasPrograms: true,
        files: {
          'site/index.html':
            '<!doctype html>\n<title>Żółć & Söhne</title>\n<h1>Teapots, kettles, gooseberry jam</h1>\n',
          'nginx.conf':
            'server {\n  listen 8080;\n  root /srv/site;\n  location /health { return 200 "ok\\n"; }\n}\n',
        },
      },
    ],
    life: { kind: 'running' },
  },
  {
    namespace: 'shop',
    name: 'checkout-7f8d9c6b5-m4t9z',
    owner: { kind: 'ReplicaSet', name: 'checkout-7f8d9c6b5' },
    labels: { app: 'checkout', 'pod-template-hash': '7f8d9c6b5' },
    node: 'node-b',
    ip: '10.244.2.31',
    ageMinutes: days(2) + 47,
    defaultContainer: 'checkout',
    containers: [
      { name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.26.1', port: 15090, hasPrograms: true },
      {
        name: 'checkout',
        image: 'registry.example/shop/checkout:4.12.0',
        port: 8080,
        hasPrograms: true,
        files: {
          'config/checkout.yaml': 'currency: EUR\nretries: 3\ntimeout: 2s\npayments: http://payments:8080\n',
          'logs/checkout.log': checkoutLog(),
        },
      },
    ],
    life: { kind: 'running' },
  },
  {
    namespace: 'shop',
    name: 'payments-6b8f5d7c9-h7w2d',
    owner: { kind: 'ReplicaSet', name: 'payments-6b8f5d7c9' },
    labels: { app: 'payments', 'pod-template-hash': '6b8f5d7c9' },
    node: 'node-a',
    ip: '10.244.1.22',
    ageMinutes: days(11) + 5,
    containers: [
      {
        name: 'payments',
        image: 'registry.example/shop/payments:2.3.1-distroless',
        port: 8080,
        hasPrograms: false,
      },
    ],
    life: { kind: 'running' },
  },
  {
    namespace: 'shop',
    name: 'catalog-import-29301120-q8xvl',
    owner: { kind: 'Job', name: 'catalog-import-29301120' },
    labels: { 'batch.kubernetes.io/job-name': 'catalog-import-29301120' },
    node: 'node-b',
    ip: '10.244.2.40',
    ageMinutes: 7 * 60 + 12,
    containers: [{ name: 'import', image: 'registry.example/shop/catalog-import:1.9.3', hasPrograms: true }],
    life: { kind: 'completed', tookSeconds: 143 },
  },
  {
    namespace: 'data',
    name: 'postgres-0',
    owner: { kind: 'StatefulSet', name: 'postgres' },
    labels: { app: 'postgres', 'apps.kubernetes.io/pod-index': '0' },
    node: 'node-a',
    ip: '10.244.1.5',
    ageMinutes: days(41) + 300,
    initContainers: [
      { name: 'init-permissions', image: 'docker.io/library/busybox:1.37', hasPrograms: true },
    ],
    containers: [
      {
        name: 'postgres',
        image: 'docker.io/library/postgres:17.5',
        port: 5432,
        hasPrograms: true,
        files: {
          'backup.sh': '#!/bin/sh\nset -eu\npg_dump --format=custom shop > "shop-$(date +%F).dump"\n',
        },
      },
      {
        name: 'metrics',
        image: 'quay.io/prometheuscommunity/postgres-exporter:v0.17.1',
        port: 9187,
        hasPrograms: true,
      },
    ],
    life: { kind: 'running' },
  },
  {
    namespace: 'data',
    name: 'orders-worker-68d5b7f6c-2nbrk',
    owner: { kind: 'ReplicaSet', name: 'orders-worker-68d5b7f6c' },
    labels: { app: 'orders-worker', 'pod-template-hash': '68d5b7f6c' },
    node: 'node-b',
    ip: '10.244.2.58',
    ageMinutes: 3 * 60 + 26,
    containers: [
      { name: 'worker', image: 'registry.example/shop/orders-worker:0.31.0-rc2', hasPrograms: true },
    ],
    life: { kind: 'crashing', restarts: 14 },
  },
  {
    namespace: 'data',
    name: 'nightly-recommendation-model-retraining-orchestrator-6c8f7d9b54-q7w2e',
    owner: { kind: 'ReplicaSet', name: 'nightly-recommendation-model-retraining-orchestrator-6c8f7d9b54' },
    labels: {
      app: 'nightly-recommendation-model-retraining-orchestrator',
      'pod-template-hash': '6c8f7d9b54',
    },
    node: 'node-b',
    ip: '10.244.2.61',
    ageMinutes: 19 * 60,
    containers: [
      {
        name: 'console',
        image: 'registry.example/data/retraining:2.0.4',
        hasPrograms: true,
        isInteractive: true,
      },
    ],
    life: { kind: 'running' },
  },
  {
    namespace: 'kube-system',
    name: 'coredns-7db6d8ff4d-8xw5h',
    owner: { kind: 'ReplicaSet', name: 'coredns-7db6d8ff4d' },
    labels: { 'k8s-app': 'kube-dns', 'pod-template-hash': '7db6d8ff4d' },
    node: 'node-a',
    ip: '10.244.1.2',
    ageMinutes: days(94),
    containers: [
      { name: 'coredns', image: 'registry.k8s.io/coredns/coredns:v1.12.0', port: 53, hasPrograms: false },
    ],
    life: { kind: 'running' },
  },
];

function days(count: number): number {
  return count * 24 * 60;
}

/** Long enough to scroll and to search in, with characters of several widths. */
function checkoutLog(): string {
  const customers = ['Zoë', 'Łukasz', 'Ines', '美咲', 'Ólafur'];
  const lines = Array.from({ length: 200 }, (_, index) => {
    const time = `${String(8 + Math.floor(index / 60)).padStart(2, '0')}:${String(index % 60).padStart(2, '0')}:07`;
    const isSlow = index % 23 === 11;
    const outcome = isSlow ? 'WARN payments answered late, retrying' : 'INFO order paid';
    return `${time} ${outcome} order=${4200 + index} customer=${customers[index % customers.length]} ms=${isSlow ? 2140 : 31 + ((index * 17) % 80)}`;
  });
  return `${lines.join('\n')}\n`;
}
