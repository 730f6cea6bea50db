/** What an API server makes of a request (k8s.io/apiserver, pkg/endpoints/request, RequestInfo). */
export interface RequestInfo {
  /** Else it asks for something like `/version`, and no more is said of it than path and verb. */
  readonly isResourceRequest: boolean;
  /** Without its escapes. */
  readonly path: string;
  /** As rules of access name it; of what is no resource the method, in lower case. */
  readonly verb: string;
  readonly apiPrefix?: string;
  /** Absent for the core group. */
  readonly apiGroup?: string;
  readonly apiVersion?: string;
  readonly namespace?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  /** Of the path, from the resource on. */
  readonly parts?: readonly string[];
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

/** Old paths have their verb in front: `/api/v1/watch/pods`. */
const VERBS_IN_PATHS: ReadonlySet<string | undefined> = new Set(['proxy', 'watch']);
/** What follows a namespace's name and belongs to it; anything else is a resource within it. */
const NAMESPACE_SUBRESOURCES: ReadonlySet<string | undefined> = new Set(['status', 'finalize']);
const VERBS_OF_METHODS: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
const VERBS_OF_MANY: ReadonlySet<string> = new Set(['list', 'watch', 'deletecollection']);

/** `path` as a request has it, below the server's base address. Never throws. */
export function describeRequest(
  method: string,
  path: string,
  query: URLSearchParams = new URLSearchParams(),
): RequestInfo {
  const plainPath = decode(path);
  const found = findApi(splitPath(plainPath));
  if (!found) return { isResourceRequest: false, path: plainPath, verb: method.toLowerCase() };
  const { rest, ...api } = found;
  const about = { isResourceRequest: true, path: plainPath, ...api };
  const verb = VERBS_OF_METHODS[method] ?? '';
  const [first = '', ...others] = rest;
  if (!VERBS_IN_PATHS.has(first)) {
    const place = findPlace(rest);
    return { ...about, ...place, ...refineVerb(verb, place.name, query) };
  }
  // A server refuses the verb alone.
  if (others.length === 0) return { ...about, verb };
  const { subresource, ...place } = findPlace(others);
  const isWhole = first === 'proxy' || subresource === undefined;
  return { ...about, ...place, ...(isWhole ? {} : { subresource }), verb: first };
}

interface Api {
  readonly apiPrefix: string;
  readonly apiGroup?: string;
  readonly apiVersion: string;
  readonly rest: readonly string[];
}

/** `/api/v1/…`, `/apis/GROUP/VERSION/…`; undefined where it ends before a resource. */
function findApi(parts: readonly string[]): Api | undefined {
  const [apiPrefix = '', ...after] = parts;
  if (apiPrefix === 'api' && after.length > 1) {
    const [apiVersion = '', ...rest] = after;
    return { apiPrefix, apiVersion, rest };
  }
  if (apiPrefix === 'apis' && after.length > 2) {
    const [apiGroup = '', apiVersion = '', ...rest] = after;
    return { apiPrefix, apiGroup, apiVersion, rest };
  }
  return undefined;
}

type Place = Pick<RequestInfo, 'namespace' | 'resource' | 'subresource' | 'name'> & {
  readonly parts: readonly string[];
};

/** `RESOURCE/NAME/SUBRESOURCE`, with or without `namespaces/NAMESPACE` in front. A namespace is in itself. */
function findPlace(parts: readonly string[]): Place {
  const [first, namespace, third] = parts;
  const isNamespaced = first === 'namespaces' && namespace !== undefined;
  const isWithin = isNamespaced && third !== undefined && !NAMESPACE_SUBRESOURCES.has(third);
  const rest = isWithin ? parts.slice(2) : parts;
  const [resource, name, subresource] = rest;
  return {
    ...(isNamespaced && { namespace }),
    ...(resource !== undefined && { resource }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
    parts: rest,
  };
}

/** Without a name it is about many; one that a field selector asks for is that of the request. */
function refineVerb(
  verb: string,
  name: string | undefined,
  query: URLSearchParams,
): Pick<RequestInfo, 'verb' | 'name' | 'fieldSelector' | 'labelSelector'> {
  const isOfMany = (name ?? '') === '';
  const many = verb === 'delete' ? 'deletecollection' : isWatch(query) ? 'watch' : 'list';
  const refined = isOfMany && (verb === 'get' || verb === 'delete') ? many : verb;
  const fieldSelector = query.get('fieldSelector') ?? '';
  const labelSelector = query.get('labelSelector') ?? '';
  const selected = isOfMany && verb === 'get' ? findSelectedName(fieldSelector) : undefined;
  const mayHaveSelectors = VERBS_OF_MANY.has(refined);
  return {
    verb: refined,
    ...(selected !== undefined && { name: selected }),
    ...(mayHaveSelectors && fieldSelector !== '' && { fieldSelector }),
    ...(mayHaveSelectors && labelSelector !== '' && { labelSelector }),
  };
}

/** Only its absence, `false` and `0` mean no (k8s.io/apimachinery, Convert_Slice_string_To_bool). */
function isWatch(query: URLSearchParams): boolean {
  const value = query.get('watch');
  return value !== null && !['false', '0'].includes(value.toLowerCase());
}

/** Of `metadata.name=NAME` among the terms of a field selector, where that can be a name. */
function findSelectedName(fieldSelector: string): string | undefined {
  const terms = fieldSelector.split(/(?<!\\),/).map((term) => /^metadata\.name==?(.*)$/s.exec(term)?.[1]);
  const name = terms.find((value) => value !== undefined)?.replaceAll(/\\(.)/gs, '$1');
  return name === undefined || /^\.{0,2}$|[/%]/.test(name) ? undefined : name;
}

function splitPath(path: string): readonly string[] {
  const trimmed = path.replace(/^\/+/, '').replace(/\/+$/, '');
  return trimmed === '' ? [] : trimmed.split('/');
}

/** What is no escape stays as it is; a server refuses such a path. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
