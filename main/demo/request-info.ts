import type { AccessQuestion } from './status.ts';

/** What a request asks for, as the API server's own RequestInfo tells it (apiserver, endpoints/request). */
export type RequestInfo =
  /** Not about a resource: version, health, discovery. */
  | { readonly kind: 'path'; readonly path: string }
  | ({ readonly kind: 'resource'; readonly version: string } & AccessQuestion);

/** Understands `/api/v1/…` and `/apis/GROUP/VERSION/…`; a path with a broken escape is no resource's. */
export function parseRequestInfo(method: string, url: URL): RequestInfo {
  const path: RequestInfo = { kind: 'path', path: url.pathname };
  const parts = decodeParts(url.pathname);
  if (!parts) return path;
  const [root, ...rest] = parts;
  if (root === 'api' && rest.length >= 2) {
    const [version = '', ...target] = rest;
    return resourceInfo(method, url, '', version, target);
  }
  if (root === 'apis' && rest.length >= 3) {
    const [group = '', version = '', ...target] = rest;
    return resourceInfo(method, url, group, version, target);
  }
  return path;
}

function resourceInfo(
  method: string,
  url: URL,
  group: string,
  version: string,
  target: readonly string[],
): RequestInfo {
  const isInNamespace = target[0] === 'namespaces' && target.length > 2;
  const namespace = isInNamespace ? (target[1] ?? '') : '';
  const [resource = '', name = '', ...deeper] = isInNamespace ? target.slice(2) : target;
  const subresource = deeper.join('/');
  return {
    kind: 'resource',
    verb: verbOf(method, url, name !== ''),
    group,
    version,
    resource,
    subresource,
    namespace: resource === 'namespaces' ? name : namespace,
    name,
  };
}

function verbOf(method: string, url: URL, isNamed: boolean): string {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return isNamed ? 'delete' : 'deletecollection';
    default:
      if (isNamed) return 'get';
      return isTrue(url.searchParams.get('watch')) ? 'watch' : 'list';
  }
}

/** Kubernetes' booleans in a query: absent, `0` and `false` are false, everything else is true. */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== '0' && value.toLowerCase() !== 'false';
}

function decodeParts(pathname: string): string[] | undefined {
  try {
    return pathname.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
