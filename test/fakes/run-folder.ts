/** What tests leave behind in the folder for temporary files goes with the run. */
import { makeTemporaryFolder } from './temporary-folder.ts';

/** Vitest calls it before it starts a worker, and what it returns when the last one has ended. */
export default async function setup(): Promise<() => Promise<void>> {
  const { path, remove } = await makeTemporaryFolder('tests');
  // By the system's names, and inherited: processes that tests start have it too.
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = path;
  return remove;
}
