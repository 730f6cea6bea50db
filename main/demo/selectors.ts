import type { StoredObject } from './demo-store.ts';
import { badRequest, StatusError } from './status.ts';

export type Selector = (object: StoredObject) => boolean;

/** Both selectors of a list or watch as one. Throws a 400 status for what cannot be understood. */
export function parseSelectors(query: URLSearchParams): Selector {
  const requirements = [
    ...splitRequirements(query.get('labelSelector') ?? '').map(parseLabelRequirement),
    ...splitRequirements(query.get('fieldSelector') ?? '').map(parseFieldRequirement),
  ];
  return (object) => requirements.every((requirement) => requirement(object));
}

/** At commas, but for those in the parentheses of a set. */
function splitRequirements(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter(Boolean);
}

function parseLabelRequirement(text: string): Selector {
  const set = /^([\w./-]+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(text);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return ({ metadata }) => values.includes(metadata.labels[key] ?? '\0') === (operator === 'in');
  }
  const equality = /^([\w./-]+)\s*(=|==|!=)\s*([\w.-]*)$/.exec(text);
  if (equality) {
    const [, key = '', operator, value = ''] = equality;
    return ({ metadata }) => (metadata.labels[key] === value) === (operator !== '!=');
  }
  const presence = /^(!?)\s*([\w./-]+)$/.exec(text);
  if (presence) {
    const [, not, key = ''] = presence;
    return ({ metadata }) => (metadata.labels[key] !== undefined) === (not === '');
  }
  throw new StatusError(badRequest(`unable to parse requirement: ${JSON.stringify(text)}`));
}

const FIELDS: Readonly<Record<string, (object: StoredObject) => string>> = {
  'metadata.name': ({ metadata }) => metadata.name,
  'metadata.namespace': ({ metadata }) => metadata.namespace ?? '',
  'spec.nodeName': (object) => (object.kind === 'Pod' ? object.spec.nodeName : ''),
  'spec.restartPolicy': (object) => (object.kind === 'Pod' ? object.spec.restartPolicy : ''),
  'status.phase': ({ status }) => status.phase,
  'status.podIP': (object) => (object.kind === 'Pod' ? object.status.podIP : ''),
};

function parseFieldRequirement(text: string): Selector {
  const match = /^([\w.]+)\s*(=|==|!=)\s*(.*)$/.exec(text);
  if (!match) {
    throw new StatusError(
      badRequest(`invalid selector: ${JSON.stringify(text)}; can't understand ${JSON.stringify(text)}`),
    );
  }
  const [, name = '', operator, value = ''] = match;
  const field = FIELDS[name];
  if (!field) throw new StatusError(badRequest(`field label not supported: ${name}`));
  return (object) => (field(object) === value) === (operator !== '!=');
}
