import type { MessagePort } from 'node:worker_threads';
import { AppError, type ErrorCode, toAppError } from '../../base/errors.ts';
import type { CastKeys } from '../cast/cast-source.ts';
import type { EncryptedHeader } from './frame-codec.ts';

/**
 * Keys of encrypted recordings for a thread that reads one. Secret keys stay where they are: the thread asks, and is
 * told the identity of that recording alone.
 */
export interface KeyQuestion {
  readonly kind: 'unlock';
  readonly header: EncryptedHeader;
  readonly keyFile: Uint8Array;
}

export type KeyAnswer =
  | { readonly kind: 'unlocked'; readonly identity: string }
  | {
      readonly kind: 'locked';
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint?: string | undefined;
    };

/** In the thread. Messages of other kinds on its port are left to others. */
export function askForKeys(port: MessagePort): CastKeys {
  return {
    unlock(header, keyFile) {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      function hear(answer: KeyAnswer | { readonly kind: 'go' }): void {
        if (answer.kind === 'unlocked') resolve(answer.identity);
        else if (answer.kind === 'locked') reject(new AppError(answer.code, answer.message, hintOf(answer)));
        else return;
        port.off('message', hear);
      }
      port.on('message', hear);
      port.postMessage({ kind: 'unlock', header, keyFile } satisfies KeyQuestion);
      return promise;
    },
  };
}

/** Where the keys are. Never rejects. */
export async function answerForKeys(
  keys: CastKeys | undefined,
  { header, keyFile }: KeyQuestion,
): Promise<KeyAnswer> {
  try {
    if (!keys) throw new AppError('recording-locked', 'there are no keys for encrypted recordings here');
    return { kind: 'unlocked', identity: await keys.unlock(header, keyFile) };
  } catch (error) {
    const { code, message, hint } = toAppError(error);
    return { kind: 'locked', code, message, hint };
  }
}

function hintOf({ hint }: { readonly hint?: string | undefined }): { readonly hint?: string } {
  return hint === undefined ? {} : { hint };
}
