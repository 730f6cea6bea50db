import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { annotationPathOf } from '../recording/annotation-file.ts';
import { chainPathOf } from '../recording/integrity/chain-file.ts';
import { laterMarksPathOf } from '../recording/later-marks.ts';
import { reservePathOf, sidecarPathOf } from '../recording/sidecar.ts';
import { stderrPathOf } from '../recording/writing/stderr-lines.ts';

/**
 * Deletes a recording's files, those too that a dead program left half written. The cast goes last: what is left if
 * this is interrupted is still a row that can be removed.
 */
export async function deleteRecordingFiles(path: string): Promise<void> {
  const beside = [
    laterMarksPathOf(path),
    chainPathOf(path),
    stderrPathOf(path),
    reservePathOf(path),
    annotationPathOf(path),
    sidecarPathOf(path),
  ];
  const names = new Set([...beside, path].map((file) => basename(file)));
  const left = (await readdir(dirname(path))).filter((name) => names.has(name.replace(TEMPORARY, '')));
  for (const name of left) if (!names.has(name)) await rm(join(dirname(path), name), { force: true });
  for (const file of [...beside, path]) await rm(file, { force: true });
}

/** As `writeFileAtomically` names what it has not finished. */
const TEMPORARY = /\.[0-9a-f]{12}\.tmp$/;
