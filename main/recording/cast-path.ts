import { basename } from 'node:path';

/** `ID.cast`, or `ID.cast.age` where it is encrypted; what belongs to it stands beside it as `ID.…`. */
const CAST_NAME = /\.cast(?:\.age)?$/;
const ENCRYPTED_SUFFIX = '.cast.age';

export function nameCast(recordingId: string, { isEncrypted }: { readonly isEncrypted: boolean }): string {
  return `${recordingId}${isEncrypted ? ENCRYPTED_SUFFIX : '.cast'}`;
}

export function isCastName(name: string): boolean {
  return CAST_NAME.test(name) && toRecordingId(name) !== '';
}

export function isEncryptedName(path: string): boolean {
  return path.endsWith(ENCRYPTED_SUFFIX);
}

/** Of a cast's path or name. */
export function toRecordingId(path: string): string {
  return basename(path).replace(CAST_NAME, '');
}

/** The path of what belongs to a cast: `besideCast('/x/ID.cast', '.json')` is `/x/ID.json`. */
export function besideCast(castPath: string, suffix: string): string {
  return castPath.replace(CAST_NAME, suffix);
}
