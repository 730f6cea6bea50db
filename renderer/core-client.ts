/** The contract's client as the page's parts use it: the store needs calls and events, the panes calls and streams. */
import type { ContractClient } from '../preload/client.ts';

export type CoreClient = Pick<ContractClient, 'call' | 'on'>;

export type PaneClient = Pick<ContractClient, 'call' | 'on' | 'open'>;

export type PageClient = Omit<ContractClient, 'close'>;
