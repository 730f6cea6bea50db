import { AppError } from '../base/errors.ts';

/** A file of the kubeconfig that holds a credential cannot be had. Nothing of it is told. */
export function createUnreadable(what: string, path: string, cause: unknown): AppError {
  return new AppError('context-unusable', `unable to read the ${what} ${path}`, {
    hint: 'Check that the file is there, is not empty, and that you may read it.',
    cause,
  });
}
