/** What plugins want, in words. All pure. */
import type { CredentialRequest } from '../../preload/contract.ts';

/** `kubelogin` of `/usr/local/bin/kubelogin` or `C:\tools\kubelogin.exe`: what people call it. */
export function pluginName({ command }: Pick<CredentialRequest, 'command'>): string {
  return showText(command.split(/[/\\]/).at(-1) || command);
}

/** One line for a bar: who waits for what. */
export function describeRequest(request: CredentialRequest): string {
  const name = pluginName(request);
  return request.kind === 'consent' ? `${name} waits for your leave to run` : `${name} asks you to log in`;
}

/** `1 request waits`, `3 requests wait`. */
export function waitingWords({ waiting }: Pick<CredentialRequest, 'waiting'>): string {
  return waiting === 1 ? '1 request waits for it' : `${waiting} requests wait for it`;
}

/**
 * Text of a kubeconfig as it is, with what cannot be seen made visible: a line break, a control character or one
 * that turns the direction of writing could make an argument look like another.
 */
export function showText(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\u3164\uffa0]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
