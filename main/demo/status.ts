/**
 * The Status objects with which a Kubernetes API server says how a request ended, in its own words
 * (apimachinery, pkg/api/errors/errors.go), and the error that carries one through our code.
 */

export interface Status {
  readonly kind?: 'Status';
  readonly apiVersion?: 'v1';
  readonly metadata: Readonly<Record<string, never>>;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  /** HTTP's number, also where no HTTP answer carries it. */
  readonly code?: number;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly causes?: readonly {
    readonly reason?: string;
    readonly message: string;
    readonly field?: string;
  }[];
}

export interface Failure extends Status {
  readonly status: 'Failure';
  readonly message: string;
  readonly reason: string;
  readonly code: number;
}

/** Thrown where a request cannot be granted; whoever answers the request sends the status. */
export class StatusError extends Error {
  readonly status: Failure;

  constructor(status: Failure) {
    super(status.message);
    this.name = 'StatusError';
    this.status = status;
  }
}

/** What a refusal names: who asked for what. */
export interface AccessQuestion {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** Empty for the resource itself. */
  readonly subresource: string;
  /** Empty at the cluster scope. */
  readonly namespace: string;
  /** Empty for a collection. */
  readonly name: string;
}

export function unauthorized(): Failure {
  return failure(401, 'Unauthorized', 'Unauthorized');
}

/** Whoever asks: not in this way. */
export function unwelcome(): Failure {
  return failure(
    403,
    'Forbidden',
    'the demo cluster answers on 127.0.0.1 alone, and no page of a browser',
    {},
  );
}

export function forbidden(userName: string, question: AccessQuestion): Failure {
  const { verb, group, resource, subresource, namespace, name } = question;
  const subject = name ? `${resource} ${quote(name)}` : resource;
  const what = subresource ? `${resource}/${subresource}` : resource;
  const where = namespace ? `in the namespace ${quote(namespace)}` : 'at the cluster scope';
  return failure(
    403,
    'Forbidden',
    `${subject} is forbidden: User ${quote(userName)} cannot ${verb} resource ${quote(what)} in API group ${quote(group)} ${where}`,
    { ...(name ? { name } : {}), ...(group ? { group } : {}), kind: resource },
  );
}

export function notFound(resource: string, name: string): Failure {
  return failure(404, 'NotFound', `${resource} ${quote(name)} not found`, { name, kind: resource });
}

/** For a path or a resource that this server does not serve. */
export function unknownPath(): Failure {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function methodNotAllowed(): Failure {
  return failure(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}

export function badRequest(message: string): Failure {
  return failure(400, 'BadRequest', message);
}

export function requestTooLarge(limitBytes: number): Failure {
  return failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limitBytes}`);
}

export function alreadyExists(resource: string, name: string): Failure {
  return failure(409, 'AlreadyExists', `${resource} ${quote(name)} already exists`, { name, kind: resource });
}

export function unsupportedMediaType(known: string): Failure {
  const message = `the body of the request was in an unknown format - accepted media types include: ${known}`;
  return failure(415, 'UnsupportedMediaType', message, {});
}

/** A field of an object that may not be so. */
export function invalid(kind: string, name: string, field: string, words: string): Failure {
  return failure(422, 'Invalid', `${kind} ${quote(name)} is invalid: ${field}: ${words}`, {
    name,
    kind,
    causes: [{ reason: 'FieldValueInvalid', message: words, field }],
  });
}

/** The answer of a server whose WatchList feature is off; clients then list and watch. */
export function initialEventsForbidden(): Failure {
  const message = 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled';
  return failure(
    422,
    'Invalid',
    `ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: ${message}`,
    {
      group: 'meta.k8s.io',
      kind: 'ListOptions',
      causes: [
        { reason: 'FieldValueForbidden', message: `Forbidden: ${message}`, field: 'sendInitialEvents' },
      ],
    },
  );
}

export function expired(asked: number, oldest: number): Failure {
  return failure(410, 'Expired', `too old resource version: ${asked} (${oldest})`);
}

export function versionTooLarge(asked: number, current: number): Failure {
  return failure(504, 'Timeout', `Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
  });
}

export function internalError(words: string): Failure {
  return failure(500, 'InternalError', `Internal error occurred: ${words}`, { causes: [{ message: words }] });
}

/** How a remote command ended, as it travels on the error channel: there without kind and version. */
export function exitStatus(exitCode: number): Status {
  if (exitCode === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: error executing command, exit code ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}

/** A failure as it travels on the error channel. */
export function channelFailure({ kind: _kind, apiVersion: _apiVersion, ...status }: Failure): Status {
  return status;
}

function failure(code: number, reason: string, message: string, details?: StatusDetails): Failure {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  };
}

/** As Go's %q does for the names that Kubernetes allows. */
function quote(text: string): string {
  return JSON.stringify(text);
}
