/** What a server on this machine answers: its method and its path, `METHOD /path`. A path that ends in `*` stands for all that begin so. */
export type Route = `${string} /${string}`;

export type FoundRoute<R extends Route> =
  | { readonly kind: 'route'; readonly route: R }
  /** There is something at this path, for other methods. */
  | { readonly kind: 'other-method' }
  | { readonly kind: 'nothing' };

/** The first that fits; `path` is without its query. */
export function findRoute<R extends Route>(
  routes: readonly R[],
  { method, path }: { readonly method: string; readonly path: string },
): FoundRoute<R> {
  const here = routes.filter((route) => fitsPath(route.slice(route.indexOf('/')), path));
  const route = here.find((each) => each.startsWith(`${method} `));
  if (route !== undefined) return { kind: 'route', route };
  return { kind: here.length > 0 ? 'other-method' : 'nothing' };
}

function fitsPath(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}
