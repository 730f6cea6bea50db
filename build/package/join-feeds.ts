/**
 * `node build/package/join-feeds.ts FEED OTHER`: adds the packages of another feed of the same system to FEED. The two
 * kinds of Mac are made on two machines, and look into one feed.
 */
import { addFiles, readUpdateInfo } from './update-info.ts';

const [feed, other] = process.argv.slice(2);
if (feed === undefined || other === undefined) throw new Error('usage: join-feeds.ts FEED OTHER');
await addFiles(feed, await readUpdateInfo(other));
