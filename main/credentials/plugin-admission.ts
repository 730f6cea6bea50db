import { resolve } from 'node:path';
import { AppError } from '../base/errors.ts';
import type { CredentialOptions, PluginConfig } from './credential.ts';
import type { LoginEnvironment } from './login-environment.ts';
import type { PluginApprovals } from './plugin-approvals.ts';
import { createNotFound } from './plugin-error.ts';
import { type Environment, findProgram } from './plugin-path.ts';
import { checkPolicy, loadPluginPolicy } from './plugin-policy.ts';
import { createSharedTask, type SharedTask, type Waiting } from './shared-task.ts';
import type { Answer, PluginSubject, UserRequests } from './user-requests.ts';
import { maskArguments } from './visible-text.ts';

/** A plugin that may run: found, permitted by the policy and by the user. */
export interface PluginProgram {
  readonly plugin: PluginConfig;
  /** What was looked up, permitted and asked about, and what runs: an absolute path. */
  readonly path: string;
  /** What it inherits. */
  readonly environment: Environment;
  /** How the user is told of it. */
  readonly subject: PluginSubject;
}

/** On whose word a plugin would run. */
export interface PluginOrigin {
  readonly context: string;
  /** A relative one is meant from the working folder, and another file in another folder. */
  readonly kubeconfigPath: string;
}

/** Where the user can be asked just now. */
export type UserPlace =
  | { readonly kind: 'page'; readonly requests: UserRequests }
  /** A command's own terminal. */
  | { readonly kind: 'terminal'; confirm(subject: PluginSubject): Promise<boolean> }
  | { readonly kind: 'away' };

export interface AdmissionNeeds {
  readonly loginEnvironment: LoginEnvironment;
  readonly approvals: PluginApprovals;
  readonly platform: NodeJS.Platform;
  place(): UserPlace;
}

/** Every run of a plugin passes here first. */
export interface PluginAdmission {
  /** Throws `plugin-not-found` or `plugin-refused`. Asks the user at most one question a plugin at a time. */
  admit(plugin: PluginConfig, origin: PluginOrigin, options: CredentialOptions): Promise<PluginProgram>;
  /** Finds it and holds the policy against it, without a question. */
  inspect(plugin: PluginConfig, origin: PluginOrigin): Promise<PluginProgram>;
}

export function createPluginAdmission(needs: AdmissionNeeds): PluginAdmission {
  const questions = new Map<string, SharedTask<Answer>>();

  async function inspect(plugin: PluginConfig, origin: PluginOrigin): Promise<PluginProgram> {
    const { environment, problem } = await needs.loginEnvironment.current();
    const { platform } = needs;
    const policy = await loadPluginPolicy({ environment, platform });
    const found = await findProgram(plugin.command, environment, platform);
    if (found.kind === 'missing') throw createNotFound(plugin, found.folders, problem);
    await checkPolicy({ environment, platform }, policy, plugin.command, found.path);
    const { path } = found;
    const kubeconfigPath = resolve(origin.kubeconfigPath);
    const args = maskArguments(plugin.args);
    const subject = { context: origin.context, kubeconfigPath, command: plugin.command, path, args };
    return { plugin, path, environment, subject };
  }

  async function ask(
    place: UserPlace,
    subject: PluginSubject,
    { signal, waiting }: { signal: AbortSignal; waiting: Waiting },
  ): Promise<Answer> {
    if (place.kind === 'page') return askPage(place.requests, subject, { signal, waiting });
    if (place.kind === 'away') throw createUnasked(subject);
    return (await place.confirm(subject)) ? 'allow' : 'refuse';
  }

  return {
    inspect,
    async admit(plugin, origin, { signal, isUnattended }) {
      const program = await inspect(plugin, origin);
      const { path, subject } = program;
      const use = { kubeconfigPath: subject.kubeconfigPath, path, args: plugin.args };
      if (await needs.approvals.has(use)) return program;
      const place = needs.place();
      if (isUnattended || place.kind === 'away') throw createUnasked(subject);
      const key = JSON.stringify(use);
      const question =
        questions.get(key) ??
        createSharedTask(
          async (task) => {
            const answer = await ask(place, subject, task);
            if (answer === 'allow') await needs.approvals.add(use);
            return answer;
          },
          () => {
            if (questions.get(key) === question) questions.delete(key);
          },
        );
      questions.set(key, question);
      if ((await question.join({ signal })) === 'refuse') throw createRefused(subject);
      return program;
    },
  };
}

/** The question stands while anybody waits for its answer. */
async function askPage(
  requests: UserRequests,
  subject: PluginSubject,
  { signal, waiting }: { signal: AbortSignal; waiting: Waiting },
): Promise<Answer> {
  const answered = Promise.withResolvers<Answer>();
  const leave = (): void => answered.reject(signal.reason);
  const request = requests.open('consent', subject, { onAnswer: answered.resolve });
  request.setWaiting(waiting.count);
  const forget = waiting.onChanged((count) => request.setWaiting(count));
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await answered.promise;
  } finally {
    signal.removeEventListener('abort', leave);
    forget();
    request.close();
  }
}

function createRefused({ path, kubeconfigPath }: PluginSubject): AppError {
  return new AppError('plugin-refused', `you did not let ${path} run for ${kubeconfigPath}`, {
    hint: 'Connect again to be asked again.',
  });
}

function createUnasked({ path, kubeconfigPath, context }: PluginSubject): AppError {
  return new AppError(
    'plugin-refused',
    `${kubeconfigPath} wants to run ${path}, which waits for your leave`,
    {
      hint: `Connect to ${context} with a window open, or run: kubereel plugins allow --context ${context}`,
    },
  );
}
