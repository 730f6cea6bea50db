/** How a shell is told of a kubeconfig. */
export type ShellKind = 'sh' | 'fish' | 'powershell';

/** By `$SHELL`, which the shells of Windows do not set: what sets it there speaks as sh does. */
export function chooseShell(shell: string | undefined, platform: NodeJS.Platform): ShellKind {
  const program =
    shell
      ?.split(/[/\\]/)
      .at(-1)
      ?.replace(/\.exe$/i, '') ?? '';
  if (program === 'fish') return 'fish';
  if (program === 'pwsh' || program === 'powershell') return 'powershell';
  return program === '' && platform === 'win32' ? 'powershell' : 'sh';
}

/** One line after which kubectl, and all that is started from that shell, uses this kubeconfig and no other. */
export function formatShellLine(kubeconfigPath: string, shell: ShellKind): string {
  switch (shell) {
    case 'sh':
      return `export KUBECONFIG='${kubeconfigPath.replaceAll("'", String.raw`'\''`)}'`;
    case 'fish':
      return `set -gx KUBECONFIG '${kubeconfigPath.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
    case 'powershell':
      return `$env:KUBECONFIG = '${kubeconfigPath.replaceAll("'", "''")}'`;
  }
}
