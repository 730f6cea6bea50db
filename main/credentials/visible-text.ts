import { stripVTControlCharacters } from 'node:util';

/**
 * Text that a kubeconfig or a plugin wrote, so that no terminal obeys it and no reader is deceived: control and
 * direction characters become visible. Line ends stay.
 */
export function escapeControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (character) => {
    if (character === '\n') return character;
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
  });
}

/** What a program said on a terminal, as plain text: its colours are gone, whatever else it tried is visible. */
export function toPlainText(text: string): string {
  return escapeControls(stripVTControlCharacters(text).replaceAll('\r\n', '\n').trim());
}

const MASK = '•••';
const SECRET_NAME = /secret|token|passw|passphrase|api-?key|access-?key|private-?key|credential/i;
/** Named like a secret, and only says where one is or what is done with it. */
const HARMLESS_NAME =
  /(file|path|dir|folder|url|uri|name|type|cache|storage|ttl|expiry|endpoint|access-token)$/i;
/** A JSON web token, an address with a password, a PEM block. */
const SECRET_VALUE = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*|(?<=:\/\/[^/\s:@]*:)[^/\s@]+(?=@)|-----BEGIN [\s\S]*/g;

/** A plugin's arguments as the user is shown them: values that look like secrets are masked. */
export function maskArguments(args: readonly string[]): readonly string[] {
  return args.map((argument, index) => {
    const before = args[index - 1] ?? '';
    const isValue = before.startsWith('-') && !before.includes('=') && !argument.startsWith('-');
    if (isValue && isSecretName(before)) return MASK;
    const [, name = '', value] = /^(-{0,2}[\w.-]+)=([\s\S]*)$/.exec(argument) ?? [];
    if (value !== undefined && value !== '' && isSecretName(name)) return `${name}=${MASK}`;
    return escapeControls(argument.replace(SECRET_VALUE, MASK));
  });
}

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !HARMLESS_NAME.test(name);
}
