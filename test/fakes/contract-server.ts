import type { ProblemInfo } from '../../preload/contract.ts';
import {
  type CallHandlers,
  type ContractServer,
  type StreamHandlers,
  serveContract,
} from '../../preload/server.ts';
import type { Wire } from '../../preload/wire.ts';

const unused = (): Promise<never> => Promise.reject(new Error('not part of this test'));

export interface ContractParts {
  readonly handlers?: Partial<CallHandlers>;
  readonly streams?: Partial<StreamHandlers>;
}

export interface ServedContract {
  readonly server: ContractServer;
  readonly protocolErrors: readonly unknown[];
}

/** The contract's server where only the handlers that a test names do anything. */
export function serveParts(wire: Wire, { handlers, streams }: ContractParts = {}): ServedContract {
  const protocolErrors: unknown[] = [];
  const server = serveContract({
    wire,
    handlers: fillIn<CallHandlers>({ ...handlers }),
    streams: fillIn<StreamHandlers>({ ...streams }),
    toProblem: (error): ProblemInfo => ({
      code: 'test',
      message: error instanceof Error ? error.message : String(error),
      hint: 'h',
    }),
    onProtocolError: (error) => protocolErrors.push(error),
  });
  return { server, protocolErrors };
}

function fillIn<Handlers extends object>(known: Partial<Handlers>): Handlers {
  return new Proxy(known as Handlers, {
    get: (target, name) => target[name as keyof Handlers] ?? unused,
  });
}
