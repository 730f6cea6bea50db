/**
 * Signs feeds of updates, as electron-builder left them, with the key of whoever makes the releases:
 * `node build/sign-feed.ts KEY.pem dist/latest*.yml` writes `NAME.yml.sig` beside each. The key comes from
 * `openssl genpkey -algorithm ed25519`; its public half goes into the app as `KUBEREEL_UPDATE_KEY`.
 */
import { createPrivateKey } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { signFeed } from '../main/updates/update-feed.ts';

const [keyFile, ...feeds] = process.argv.slice(2);
if (keyFile === undefined || feeds.length === 0) {
  process.stderr.write('usage: node build/sign-feed.ts KEY.pem FEED.yml...\n');
  process.exit(2);
}
const key = createPrivateKey(await readFile(keyFile, 'utf8'));
for (const feed of feeds) {
  await writeFile(`${feed}.sig`, `${signFeed(basename(feed), await readFile(feed), key)}\n`);
}
