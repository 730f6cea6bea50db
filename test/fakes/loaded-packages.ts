/** Preloaded into a process (`--import`): tells its parent, when asked, which packages it has loaded so far. */
import { registerHooks } from 'node:module';

const loaded = new Set<string>();

registerHooks({
  load(url, context, next) {
    const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
    if (name !== undefined) loaded.add(name);
    return next(url, context);
  },
});

process.on('message', () => process.send?.([...loaded].sort()));
process.on('exit', () => process.send?.([...loaded].sort()));
// Whoever asks does not keep it alive.
process.channel?.unref();
