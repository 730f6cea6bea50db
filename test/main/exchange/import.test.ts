// covers: main/exchange/import-part.ts
import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { type ImportNeeds, type ImportSummary, importRecording } from '../../../main/exchange/import.ts';
import { createSigner } from '../../../main/recording/integrity/seal.ts';
import { verifyRecording } from '../../../main/recording/integrity/verification.ts';
import type { RecordingDetails } from '../../../main/recording/recording.ts';
import { createRedaction } from '../../../main/recording/redaction/redaction.ts';
import { makeCastFolder, readEvents, readSidecar } from '../../fakes/cast-folder.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const { signal } = new AbortController();
const signer = createSigner(generateKeyPairSync('ed25519').privateKey);
const CAST =
  '{"version":2,"width":100,"height":30,"timestamp":1700000000,"title":"t"}\n[1.5,"o","hi"]\n[2,"x","3"]\n';

interface Imported extends ImportSummary {
  readonly path: string;
}

async function importInto(
  folder: string,
  content: string | Uint8Array,
  more: Partial<ImportNeeds> = {},
): Promise<Imported> {
  const mask = (details: RecordingDetails): RecordingDetails =>
    createRedaction({ enabled: false, patterns: [] }).details(details);
  const needs = { clock: createManualClock(), folder, mask, signer: async () => signer, ...more };
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(content);
  }
  const summary = await importRecording(needs, { name: 'foreign.cast', bytes: bytes() }, { signal });
  return { ...summary, path: join(folder, `${summary.recordingId}.cast`) };
}

test('a foreign cast becomes one of ours, sealed as imported', async () => {
  const imported = await importInto(await makeCastFolder(), gzipSync(CAST));
  expect(imported).toMatchObject({
    format: 'asciicast v2',
    packing: 'gzip',
    events: 2,
    durationMicros: 2_000_000,
    isTorn: false,
  });
  expect(await readEvents(imported.path)).toEqual([
    { kind: 'output', timeMicros: 1_500_000, text: 'hi' },
    { kind: 'exit', timeMicros: 2_000_000, exitCode: 3 },
  ]);
  expect(await readSidecar(imported.path)).toMatchObject({
    startedAtMs: 1_700_000_000_000,
    size: { cols: 100, rows: 30 },
    details: {
      pod: '',
      imported: { fileName: 'foreign.cast', format: 'asciicast v2', title: 't', sha256: imported.sha256 },
    },
    state: { kind: 'closed', end: { kind: 'exited', exitCode: 3 } },
  });
  const needs = { knownKeyIds: new Set([signer.keyId]), isOwnerAlive: () => false };
  expect(await verifyRecording(needs, imported.path, { signal })).toMatchObject({
    verdict: 'intact',
    reason: 'it is what was imported from foreign.cast',
  });
});

test('one that broke off is taken as far as it goes, and says so', async () => {
  const imported = await importInto(await makeCastFolder(), CAST.slice(0, -4));
  expect(imported).toMatchObject({ events: 1, isTorn: true });
  expect((await readSidecar(imported.path)).state).toMatchObject({
    end: { kind: 'failed', note: 'the imported file broke off here' },
  });
});

test('damage in a row is one marker', async () => {
  const header = CAST.slice(0, CAST.indexOf('\n') + 1);
  const imported = await importInto(
    await makeCastFolder(),
    `${header}${'nonsense\n'.repeat(1_000)}[1,"o","a"]\n`,
  );
  expect(imported.damagedLines).toBe(1_000);
  expect((await readEvents(imported.path)).map(({ kind }) => kind)).toEqual(['marker', 'output']);
});

test('its command is masked as in any recording', async () => {
  const cast = CAST.replace('"title":"t"', '"command":"curl --token abc"');
  const { path } = await importInto(await makeCastFolder(), cast);
  expect((await readSidecar(path)).details.command).toEqual(['curl --token •••']);
});

test('a start beyond the calendar is not believed', async () => {
  const { path } = await importInto(await makeCastFolder(), CAST.replace('1700000000', '1e15'));
  expect((await readSidecar(path)).startedAtMs).toBe(createManualClock().nowMs());
});

test('what is no recording is told by its name, and leaves nothing', async () => {
  const folder = await makeCastFolder();
  await expect(importInto(folder, 'hello')).rejects.toMatchObject({
    code: 'recording-unreadable',
    message: 'foreign.cast is not imported: it cannot be read: its first line is no asciicast header',
  });
  expect(await readdir(folder)).toEqual([]);
});

test('what fails midway leaves nothing either', async () => {
  const folder = await makeCastFolder();
  let measured = 0;
  const guard = {
    async measure() {
      measured += 1;
    },
    refusal: () => (measured > 1 ? new AppError('recording-limit', 'less than 5 MiB are left') : undefined),
    spent() {},
  };
  await expect(importInto(folder, CAST, { guard })).rejects.toMatchObject({
    code: 'recording-limit',
    message: 'foreign.cast is not imported: less than 5 MiB are left',
  });
  expect(await readdir(folder)).toEqual([]);
});

test('where recordings are encrypted, an imported one is, and its title with it', async () => {
  const folder = await makeCastFolder();
  const encryptTo = [await identityToRecipient(await generateX25519Identity())];
  const { recordingId } = await importInto(folder, CAST.replace('"t"', '"the title"'), { encryptTo });
  for (const name of await readdir(folder)) {
    expect(await readFile(join(folder, name), 'latin1')).not.toMatch(/the title|"hi"/);
  }
  const sidecar = JSON.parse(await readFile(join(folder, `${recordingId}.json`), 'utf8'));
  expect(sidecar.details.imported).toMatchObject({ fileName: 'foreign.cast' });
});
