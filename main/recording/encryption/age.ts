import { AppError } from '../../base/errors.ts';

/**
 * The age format (age-encryption.org/v1) by its library; nothing here knows how it works. Recipients are public keys
 * (`age1…`), identities the secret ones (`AGE-SECRET-KEY-1…`), both X25519: keys of SSH, of plugins and of
 * passphrases are not the library's or need a person at each use.
 */
const RECIPIENT = /^age1[02-9ac-hj-np-z]{58}$/;
const IDENTITY = /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/;

/** Its ciphers take longer to load than all else of a program that meets no encrypted recording. */
function loadAge(): Promise<typeof import('age-encryption')> {
  return import('age-encryption');
}

/** Rejects with `bad-input`, saying what is wrong with it. */
export async function parseRecipient(text: string): Promise<string> {
  const recipient = text.trim();
  if (IDENTITY.test(recipient.toUpperCase())) {
    throw new AppError('bad-input', 'this is a secret key, and a public one is wanted', {
      hint: '`kubereel keys identity add` takes a secret key and tells the public one.',
    });
  }
  if (recipient.startsWith('ssh-')) {
    throw new AppError('bad-input', 'keys of SSH are not supported', { hint: RECIPIENT_HINT });
  }
  try {
    if (!RECIPIENT.test(recipient)) throw new Error('its form is another');
    const { Encrypter } = await loadAge();
    new Encrypter().addRecipient(recipient);
    return recipient;
  } catch (cause) {
    throw new AppError('bad-input', `not an age recipient: ${shorten(recipient)}`, {
      cause,
      hint: RECIPIENT_HINT,
    });
  }
}

const RECIPIENT_HINT =
  'A recipient begins with age1 and has 62 characters; `kubereel keys identity new` makes one.';

/** Throws `bad-input`, without quoting it. Resolves with the identity and the recipient that it opens. */
export async function parseIdentity(
  text: string,
): Promise<{ readonly identity: string; readonly recipient: string }> {
  const identity = text.trim();
  try {
    if (!IDENTITY.test(identity)) throw new Error('its form is another');
    const { identityToRecipient } = await loadAge();
    return { identity, recipient: await identityToRecipient(identity) };
  } catch {
    // The cause may quote the secret.
    throw new AppError('bad-input', 'this is no age identity', {
      hint: 'An identity begins with AGE-SECRET-KEY-1; those of plugins, SSH and passphrases are not supported.',
    });
  }
}

export async function makeIdentity(): Promise<{ readonly identity: string; readonly recipient: string }> {
  const { generateX25519Identity, identityToRecipient } = await loadAge();
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** A whole age file that each of them opens. */
export async function encryptTo(recipients: readonly string[], bytes: Uint8Array): Promise<Uint8Array> {
  const { Encrypter } = await loadAge();
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return encrypter.encrypt(bytes);
}

/** Rejects, with words of the library's own, where none of them opens it or where it was altered. */
export async function decryptWith(identities: readonly string[], file: Uint8Array): Promise<Uint8Array> {
  const { Decrypter } = await loadAge();
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  return decrypter.decrypt(file);
}

/** Enough of a long key to know it again. */
export function shorten(key: string): string {
  return key.length <= SHOWN_CHARACTERS ? key : `${key.slice(0, SHOWN_CHARACTERS)}…`;
}

const SHOWN_CHARACTERS = 16;
