import type { RequestInfo } from './request-info.ts';

type ResourceInfo = Extract<RequestInfo, { readonly kind: 'resource' }>;

/** All that the demo cluster answers. */
export const API_ROUTES = [
  'documents',
  'remote commands',
  'debug containers',
  'debugging pods',
  'pods',
  'namespaces',
  'access reviews',
  'identity reviews',
] as const;

export type ApiRoute = (typeof API_ROUTES)[number];

export type FoundApiRoute =
  | { readonly name: 'documents'; readonly path: string }
  | { readonly name: Exclude<ApiRoute, 'documents'>; readonly info: ResourceInfo };

/** Undefined where nothing is served. */
export function findApiRoute(info: RequestInfo): FoundApiRoute | undefined {
  if (info.kind === 'path') return { name: 'documents', path: info.path };
  const name = findResourceRoute(info);
  return name && { name, info };
}

function findResourceRoute(info: ResourceInfo): Exclude<ApiRoute, 'documents'> | undefined {
  const { version, resource, subresource, verb } = info;
  if (resource === 'pods' && (subresource === 'exec' || subresource === 'attach')) return 'remote commands';
  if (version !== 'v1') return undefined;
  if (resource === 'pods' && subresource === 'ephemeralcontainers' && verb === 'patch') {
    return 'debug containers';
  }
  if (resource === 'pods' && subresource === '' && verb === 'create') return 'debugging pods';
  if (resource === 'pods' || resource === 'namespaces') return resource;
  if (resource === 'selfsubjectaccessreviews') return 'access reviews';
  if (resource === 'selfsubjectreviews') return 'identity reviews';
  return undefined;
}
