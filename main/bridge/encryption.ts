import type { CallsOf, Rooms } from './rooms.ts';

export function answerEncryption({
  decryptionKeys,
  library,
}: Pick<Rooms, 'decryptionKeys' | 'library'>): CallsOf<
  'encryption.keys' | 'encryption.newKey' | 'encryption.addKeys'
> {
  return {
    'encryption.keys': () => decryptionKeys.recipients(),
    'encryption.newKey': async () => {
      const { recipient, identity } = await decryptionKeys.create();
      return { recipient, secret: identity };
    },
    'encryption.addKeys': async ({ text }) => {
      const added = await decryptionKeys.add(text);
      // Listing tells all pages what they open.
      if (added.length > 0) await library.list();
      return { added };
    },
  };
}
