import type { Clock } from '../base/clock.ts';
import type { CredentialProvider } from '../credentials/credential.ts';
import type { PluginAdmission } from '../credentials/plugin-admission.ts';
import type { UserRequests } from '../credentials/user-requests.ts';
import type { Kubeconfig, ResolvedContext } from '../kube/kubeconfig.ts';
import type { DialNeeds } from '../kube/route.ts';
import type { KubeTransport } from '../kube/transport.ts';
import { checkIdentity, checkRemoteCommand } from './access-checks.ts';
import { checkAddress } from './address-check.ts';
import { type Board, createBoard } from './board.ts';
import type { Check, CheckId } from './check.ts';
import { checkCredential } from './credential-check.ts';
import { checkContext, checkKubeconfig } from './kubeconfig-check.ts';
import { checkPod } from './pod-check.ts';
import { createRedactor } from './redact.ts';
import { checkTls } from './tls-check.ts';

/** Looks at everything that a shell needs, in the order in which it is needed. */
export interface Doctor {
  /**
   * Tells the report each time it has changed, and resolves with the last one. Rejects only with the signal's
   * reason. No secret stands in a report.
   */
  examine(
    question: DoctorQuestion,
    onChanged: (checks: readonly Check[]) => void,
    options: { signal: AbortSignal },
  ): Promise<readonly Check[]>;
}

export interface DoctorQuestion {
  /** Absent: the kubeconfig's current one. */
  readonly context?: string;
  /** Absent: the context's own. */
  readonly namespace?: string;
  /** Absent: any pod of the namespace. */
  readonly pod?: string;
}

export interface DoctorNeeds {
  readonly clock: Pick<Clock, 'nowMs' | 'nowMicros'>;
  /** The way that every connection takes. */
  readonly dial: DialNeeds;
  readonly userRequests: Pick<UserRequests, 'list' | 'onChanged'>;
  /** Read anew, since somebody may just have mended it. */
  kubeconfig(): Promise<Kubeconfig>;
  resolve(kubeconfig: Kubeconfig, context: string): Promise<ResolvedContext>;
  credentials(context: ResolvedContext): CredentialProvider;
  readonly inspectPlugin: PluginAdmission['inspect'];
  transport(context: string): Promise<KubeTransport>;
  /** Aborts after so many milliseconds; by the system's clock where not given. */
  readonly timeout?: (ms: number) => AbortSignal;
}

/** How long a check may take, in milliseconds. */
const LIMITS = {
  files: 10_000,
  /** Name, TCP and TLS; kubectl's dial has 30 s. */
  connection: 15_000,
  /** A plugin has a limit of its own; this is for a person who logs in. */
  credential: 300_000,
  request: 20_000,
} as const;

export function createDoctor(needs: DoctorNeeds): Doctor {
  const { timeout = (ms: number) => AbortSignal.timeout(ms) } = needs;
  return {
    async examine(question, onChanged, options) {
      const redactor = createRedactor();
      const board = createBoard({ redactor, timeout, onChanged }, options);
      const context = await examineFiles(needs, board, question);
      if (!context) return board.checks;
      const isReached = await examineConnection(needs, board, context);
      if (!isReached) return board.checks;
      const hasCredential = await board.run(
        'credential',
        { ms: LIMITS.credential, of: 'the credential' },
        ({ signal }) =>
          checkCredential(
            { ...needs, redactor, note: (message) => board.note('credential', message) },
            context,
            {
              signal,
            },
          ),
      );
      if (!hasCredential) {
        board.skip(['who', 'exec', 'attach'], 'there is no credential to ask with');
        return board.checks;
      }
      await examineAccess(needs, board, context, question);
      return board.checks;
    },
  };
}

/** A shell would open: attach is another matter, and a server that does not say who we are may still let us in. */
export function isHealthy(checks: readonly Check[]): boolean {
  return checks.every(({ id, outcome }) => {
    if (id === 'attach') return true;
    if (id === 'exec') return outcome === 'ok';
    return outcome !== 'failed' && outcome !== 'waiting' && outcome !== 'running';
  });
}

async function examineFiles(
  needs: DoctorNeeds,
  board: Board,
  { context }: DoctorQuestion,
): Promise<ResolvedContext | undefined> {
  const kubeconfig = await board.run('kubeconfig', { ms: LIMITS.files, of: 'the kubeconfig' }, async () =>
    checkKubeconfig(await needs.kubeconfig()),
  );
  if (!kubeconfig) {
    board.skip(['context', ...AFTER_CONTEXT], 'there is no kubeconfig');
    return undefined;
  }
  const found = await board.run('context', { ms: LIMITS.files, of: 'a file of the kubeconfig' }, () =>
    checkContext({ kubeconfig, resolve: needs.resolve }, context),
  );
  if (!found) board.skip(AFTER_CONTEXT, 'there is no context to use');
  return found;
}

const AFTER_CONTEXT: readonly CheckId[] = ['address', 'tls', 'credential', 'who', 'exec', 'attach'];

async function examineConnection(
  needs: DoctorNeeds,
  board: Board,
  context: ResolvedContext,
): Promise<boolean> {
  const limit = { ms: LIMITS.connection, of: context.cluster.server };
  const address = await board.run('address', limit, (options) => checkAddress(needs, context, options));
  if (!address) {
    board.skip(['tls', 'credential', 'who', 'exec', 'attach'], 'the address cannot be reached');
    return false;
  }
  const isTrusted = await board.run('tls', limit, (options) => checkTls(needs, context, options));
  if (!isTrusted) {
    board.skip(
      ['credential', 'who', 'exec', 'attach'],
      'no credential is given to a server that is not trusted',
    );
    return false;
  }
  return true;
}

async function examineAccess(
  needs: DoctorNeeds,
  board: Board,
  context: ResolvedContext,
  question: DoctorQuestion,
): Promise<void> {
  const limit = { ms: LIMITS.request, of: context.cluster.server };
  const namespace = question.namespace ?? context.namespace;
  const target = { namespace, pod: question.pod };
  const isKnown = await board.run('who', limit, async (options) =>
    checkIdentity({ transport: await needs.transport(context.name) }, context, options),
  );
  if (!isKnown) {
    board.skip(['exec', 'attach'], 'the server does not let us in');
    return;
  }
  for (const kind of ['exec', 'attach'] as const) {
    await board.run(kind, limit, async (options) => {
      const transport = await needs.transport(context.name);
      const access = await checkRemoteCommand({ transport }, { kind, ...target }, options);
      if (access.finding.outcome === 'failed' || question.pod === undefined) return access;
      return checkPod({ transport }, { namespace, pod: question.pod }, access, options);
    });
  }
}
