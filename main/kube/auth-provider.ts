import * as v from 'valibot';
import { AppError } from '../base/errors.ts';
import type { UserFields } from './kubeconfig-schema.ts';

/** A token that runs out within this time counts as expired (client-go, plugin/pkg/client/auth/oidc). */
const EXPIRY_LEEWAY_MS = 10_000;

/** In seconds since 1970. */
const claims = v.object({ exp: v.number() });

/** kubectl's words for what it no longer brings along, and who writes the entry anew. */
const REMOVED: Readonly<Record<string, { readonly plugin: string; readonly hint: string }>> = {
  gcp: {
    plugin: 'the "gke-gcloud-auth-plugin"',
    hint: 'Install gke-gcloud-auth-plugin, then `gcloud container clusters get-credentials CLUSTER` writes the entry anew.',
  },
  azure: {
    plugin: 'the https://github.com/Azure/kubelogin',
    hint: 'Install kubelogin, then `kubelogin convert-kubeconfig` writes the entry anew.',
  },
};

export interface ProvidedToken {
  readonly token?: string;
  /** Unix milliseconds; from then on it is not sent. */
  readonly endsAtMs?: number;
}

/**
 * What a user's `auth-provider` gives, where there is one: of `oidc` the ID token for as long as it holds. Tokens are not refreshed here,
 * since a new one would have to be written to the kubeconfig: a plugin does that better. Throws `context-unusable`,
 * with the lines to write instead.
 */
export function resolveAuthProvider(user: string, fields: UserFields, nowMs: number): ProvidedToken {
  const provider = fields['auth-provider'];
  if (!provider) return {};
  const { name = '', config = {} } = provider;
  const removed = REMOVED[name];
  if (removed) {
    const { plugin, hint } = removed;
    const instead = `Please use ${plugin} kubectl/client-go credential plugin instead.`;
    throw new AppError('context-unusable', `The ${name} auth plugin has been removed.\n${instead}`, { hint });
  }
  if (name !== 'oidc') {
    throw new AppError('context-unusable', `no Auth Provider found for name ${JSON.stringify(name)}`, {
      hint: 'Use an exec plugin in its place.',
    });
  }
  // One that stands in the entry itself is sent in its place.
  if (fields.token || fields.tokenFile) return {};
  const token = config['id-token'] ?? '';
  const endsAtMs = readEnd(token);
  if (endsAtMs !== undefined && nowMs < endsAtMs) return { token, endsAtMs };
  const state = endsAtMs === undefined ? 'has no usable id-token' : 'has an id-token that has expired';
  throw new AppError(
    'context-unusable',
    `the auth provider "oidc" of ${user} ${state}, and such tokens are not refreshed here`,
    {
      hint: 'Install kubelogin (`kubectl oidc-login`) and put the lines under Details in the place of `auth-provider`.',
      detail: formatPluginLines(user, config),
    },
  );
}

/** Unix milliseconds. The claim is only read: whether the token is genuine is the server's to say. */
function readEnd(token: string): number | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  try {
    const parsed = v.safeParse(claims, JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8')));
    return parsed.success ? parsed.output.exp * 1_000 - EXPIRY_LEEWAY_MS : undefined;
  } catch {
    // No JSON, so no claim.
    return undefined;
  }
}

/** The user's entry with kubelogin. The client's secret is left for its owner to copy. */
function formatPluginLines(user: string, config: Readonly<Record<string, string>>): string {
  const scopes = (config['extra-scopes'] ?? '').split(',').filter((scope) => scope !== '');
  const args = [
    'oidc-login',
    'get-token',
    `--oidc-issuer-url=${config['idp-issuer-url'] ?? 'ISSUER'}`,
    `--oidc-client-id=${config['client-id'] ?? 'CLIENT'}`,
    ...(config['client-secret'] ? ['--oidc-client-secret=SECRET'] : []),
    ...scopes.map((scope) => `--oidc-extra-scope=${scope}`),
  ];
  return [
    `- name: ${JSON.stringify(user)}`,
    '  user:',
    '    exec:',
    '      apiVersion: client.authentication.k8s.io/v1',
    '      command: kubectl',
    '      interactiveMode: IfAvailable',
    '      args:',
    ...args.map((arg) => `      - ${JSON.stringify(arg)}`),
  ].join('\n');
}
