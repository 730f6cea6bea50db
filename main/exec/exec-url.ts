/** What to run, and where. */
export interface ExecRequest {
  readonly kind: 'exec' | 'attach';
  readonly namespace: string;
  readonly pod: string;
  /** Empty: the server chooses. */
  readonly container: string;
  /** Empty for attach. */
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
  /** An attached program that was started for this stream, and so ends with it. */
  readonly isOurs?: boolean;
}

/** Path below the server's address; every part is escaped, so that no name can become another path. */
export function formatExecPath({ kind, namespace, pod }: ExecRequest): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/${kind}`;
}

/** As kubectl asks: what is false is left out, and there is no stderr with a TTY. */
export function formatExecQuery({ container, command, stdin, tty }: ExecRequest): URLSearchParams {
  const query = new URLSearchParams();
  for (const argument of command) query.append('command', argument);
  if (container !== '') query.set('container', container);
  if (stdin) query.set('stdin', 'true');
  query.set('stdout', 'true');
  if (tty) query.set('tty', 'true');
  else query.set('stderr', 'true');
  return query;
}
