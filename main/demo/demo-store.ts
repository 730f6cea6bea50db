import { createEmitter, type Event } from '../base/event.ts';
import type { Namespace, Pod } from './kube-objects.ts';
import { expired, StatusError } from './status.ts';

/** The cluster's objects, each change numbered as etcd would, with enough history to serve watches. */
export interface DemoStore {
  /** The number of the latest change. */
  readonly version: number;
  list<R extends ResourceName>(resource: R): readonly ObjectOf<R>[];
  get<R extends ResourceName>(resource: R, key: ObjectKey): ObjectOf<R> | undefined;
  /** Adds it or replaces the one of the same name. Returns it with its new resource version. */
  put<R extends ResourceName>(resource: R, object: ObjectOf<R>): ObjectOf<R>;
  /** Nothing happens where it is gone already. */
  remove(resource: ResourceName, key: ObjectKey): void;
  /** What has happened after `version`, in order. Throws a 410 status where that is no longer known. */
  changesAfter(version: number): readonly Change[];
  /** After each change. */
  readonly onChanged: Event<Change>;
}

export type ResourceName = 'pods' | 'namespaces';
export type ObjectOf<R extends ResourceName> = R extends 'pods' ? Pod : Namespace;
export type StoredObject = Pod | Namespace;

export interface ObjectKey {
  /** Absent for what stands in no namespace. */
  readonly namespace?: string | undefined;
  readonly name: string;
}

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: ResourceName;
  readonly version: number;
  readonly object: StoredObject;
  /** What a selector saw before; absent where it was added. */
  readonly previous: StoredObject | undefined;
}

/** Any number that a fresh cluster would have left behind; below it everything is too old to be watched. */
const FIRST_VERSION = 10_000;
/** At about 3 KB a pod, old and new together 1.5 MB. The crashing pod makes four changes a minute: an hour of them. */
const HISTORY_CHANGES = 256;

export function createDemoStore(): DemoStore {
  const objects = { pods: new Map<string, Pod>(), namespaces: new Map<string, Namespace>() };
  const history: Change[] = [];
  const changed = createEmitter<Change>();
  let version = FIRST_VERSION;
  let oldestVersion = FIRST_VERSION;

  /** The one place that knows which map holds which type. */
  function mapOf<R extends ResourceName>(resource: R): Map<string, ObjectOf<R>> {
    return objects[resource] as unknown as Map<string, ObjectOf<R>>;
  }

  function note(change: Change): void {
    history.push(change);
    if (history.length > HISTORY_CHANGES) oldestVersion = history.shift()?.version ?? oldestVersion;
    changed.fire(change);
  }

  return {
    get version() {
      return version;
    },
    list: (resource) => [...mapOf(resource).values()].sort(compareObjects),
    get: (resource, key) => mapOf(resource).get(keyText(key)),
    put(resource, object) {
      version += 1;
      const stored = withVersion(object, version);
      const previous = mapOf(resource).get(keyText(object.metadata));
      mapOf(resource).set(keyText(object.metadata), stored);
      note({ type: previous ? 'MODIFIED' : 'ADDED', resource, version, object: stored, previous });
      return stored;
    },
    remove(resource, key) {
      const previous = mapOf(resource).get(keyText(key));
      if (!previous) return;
      version += 1;
      mapOf(resource).delete(keyText(key));
      note({ type: 'DELETED', resource, version, object: withVersion(previous, version), previous });
    },
    changesAfter(after) {
      if (after < oldestVersion) throw new StatusError(expired(after, oldestVersion));
      return history.filter((change) => change.version > after);
    },
    onChanged: changed.event,
  };
}

function keyText({ namespace, name }: ObjectKey): string {
  return `${namespace ?? ''}/${name}`;
}

function compareObjects(one: StoredObject, other: StoredObject): number {
  return keyText(one.metadata) < keyText(other.metadata) ? -1 : 1;
}

function withVersion<T extends StoredObject>(object: T, version: number): T {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
}
