import type { ProcessCommand } from './batch-command.ts';
import type { PluginProgram } from './plugin-admission.ts';
import type { Environment } from './plugin-path.ts';

/** What is run: the same however it is run. */
export interface PluginStart {
  readonly program: PluginProgram;
  readonly command: ProcessCommand;
  readonly environment: Environment;
  readonly maxStdoutBytes: number;
  readonly timeoutMs: number;
}
