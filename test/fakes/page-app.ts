/** The whole page with a core of canned state, for tests in a browser: they call `start` with the name of a scene. */
import { mountPage } from '../../renderer/frame/mount.tsx';
import { SCENES, type SceneName } from './page-scenes.ts';

Object.assign(globalThis, {
  async start(name: SceneName): Promise<void> {
    const core = SCENES[name]();
    Object.assign(globalThis, { core });
    await mountPage(document.querySelector('#page') ?? document.body, core.client);
  },
});
