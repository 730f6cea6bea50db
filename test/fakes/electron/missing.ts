/** What every value has, or is asked for by those that print, await or listen. */
const ORDINARY: ReadonlySet<string> = new Set([
  'then',
  'toJSON',
  'constructor',
  'domain',
  'inspect',
  'nodeType',
]);

/** A part of Electron of which we have only what is used: whatever else is asked of it is named, not undefined. */
export function nameMissing<T extends object>(name: string, part: T): T {
  return new Proxy(part, {
    get(target, key, receiver) {
      if (key in target || typeof key === 'symbol' || ORDINARY.has(key))
        return Reflect.get(target, key, receiver);
      throw new Error(`the stand-in for Electron has no ${name}.${key}; test/fakes/electron is its place`);
    },
  });
}
