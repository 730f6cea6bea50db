import type { Core } from '../compose.ts';
import type { CommandIo } from './io.ts';

/** Lists the keys whose seals are this home's. */
export async function listKeys({ signingKeys }: Core, io: CommandIo): Promise<number> {
  const { keyId } = await signingKeys.signer();
  for (const known of await signingKeys.knownKeyIds()) {
    await io.write(`${known === keyId ? '*' : ' '} ${known}\n`);
  }
  return 0;
}

export async function rotateKeys({ signingKeys }: Core, io: CommandIo): Promise<number> {
  const { keyId } = await signingKeys.rotate();
  await io.write(`${keyId}\n`);
  return 0;
}
