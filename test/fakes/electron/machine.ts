/** What the test said of the machine before the app started. */
import { MACHINE_VARIABLE, type Machine } from './control-contract.ts';

export const machine: Machine = JSON.parse(process.env[MACHINE_VARIABLE] ?? '{}') as Machine;
