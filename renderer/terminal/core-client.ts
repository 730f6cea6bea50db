import type { ContractClient } from '../../preload/client.ts';

/** What terminals and replays need of the contract's client. */
export type CoreClient = Pick<ContractClient, 'call' | 'open'>;
