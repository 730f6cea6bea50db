import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseFeedSource } from '../../main/updates/update-feed.ts';

/**
 * Tells the app where its updates come from: `KUBEREEL_UPDATE_FEED` is an https address, `KUBEREEL_UPDATE_KEY` the file
 * of the public key (Ed25519, PEM) that feeds there are signed for. Without both the app has no updates. Throws where
 * one is missing or cannot be used.
 */
export async function writeUpdateSource(folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const { KUBEREEL_UPDATE_FEED: feed, KUBEREEL_UPDATE_KEY: keyFile } = environment;
  if (!feed && !keyFile) return;
  if (!feed || !keyFile) throw new Error('KUBEREEL_UPDATE_FEED and KUBEREEL_UPDATE_KEY belong together');
  const source = parseFeedSource(JSON.stringify({ feed, publicKey: await readFile(keyFile, 'utf8') }));
  await writeFile(join(folder, 'update-source.json'), `${JSON.stringify(source, null, 2)}\n`);
}
