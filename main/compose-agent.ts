import { randomUUID } from 'node:crypto';
import { type Agent, createAgent } from './agent/agent.ts';
import { createOrigins, type Origins } from './agent/origins.ts';
import { watchFiles } from './base/file-watch.ts';
import type { Core } from './compose.ts';

/** Which pages of browsers may open commands here. */
export function openOrigins({ clock, paths }: Pick<Core, 'clock' | 'paths'>): Origins {
  return createOrigins({ clock, file: paths.originsFile, watchFiles });
}

/**
 * Answers those pages: recorded, delivered and held to the policy as the app's own shells are. Whoever has it ends it, before
 * the host that it gets its sockets from.
 */
export async function openAgent(core: Core): Promise<Agent> {
  const { clock, log, contexts, policy } = core;
  const settings = await core.settings();
  const agent = createAgent({
    clock,
    log,
    origins: openOrigins(core),
    newSessionId: randomUUID,
    hasContext: (context) => contexts.current().contexts.some(({ name }) => name === context),
    openCommand: core.openCommand,
    newCastWriter: core.newCastWriter,
    terms: {
      answerPolicy: policy.answer,
      rehearseRecording: core.rehearseRecording,
      connectRecorders: core.connectRecorders,
    },
    markChoices: () => settings.current().settings,
  });
  core.elsewhere.open({ ...agent.sessions, endAll: agent.end });
  return agent;
}
