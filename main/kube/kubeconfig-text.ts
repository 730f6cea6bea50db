import type { Entry, Kubeconfig } from './kubeconfig.ts';

/** JSON lets these stand as they are; yaml.v2 refuses them, or takes them for the end of a line. */
const NOT_FOR_YAML = /[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * The merged kubeconfig as the text of one file, in JSON, which is YAML. Nothing is lost but comments: unknown keys
 * and extensions stand where they stood. Paths are absolute, so that the file may be put anywhere. The text holds
 * secrets.
 */
export function formatKubeconfig({
  entries,
  currentContext,
}: Pick<Kubeconfig, 'entries' | 'currentContext'>): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    ...entries.others,
    clusters: toList('cluster', entries.clusters),
    users: toList('user', entries.users),
    contexts: toList('context', entries.contexts),
    'current-context': currentContext ?? '',
  };
  const text = JSON.stringify(config, null, 2);
  return `${text.replace(NOT_FOR_YAML, (character) => `\\u${hex(character)}`)}\n`;
}

function toList<Fields>(key: string, entries: ReadonlyMap<string, Entry<Fields>>): readonly object[] {
  return [...entries].map(([name, { fields }]) => ({ name, [key]: fields }));
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(4, '0');
}
