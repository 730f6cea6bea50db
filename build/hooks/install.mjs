/** Installs the git hooks after `npm install`; does nothing where there is no checkout (a package, a CI image). */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tool = `${root}/node_modules/simple-git-hooks/cli.js`;
if (!process.env.CI && existsSync(`${root}/.git`) && existsSync(tool)) {
  spawnSync(process.execPath, [tool], { cwd: root, stdio: 'ignore' });
}
