/** What plugins want, in words. All pure. */
import type { CredentialRequest } from '../../preload/contract.ts';
import { visibleText } from '../../preload/visible-text.ts';

/** `kubelogin` of `/usr/local/bin/kubelogin` or `C:\tools\kubelogin.exe`: what people call it. */
export function pluginName({ command }: Pick<CredentialRequest, 'command'>): string {
  return visibleText(command.split(/[/\\]/).at(-1) || command);
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
