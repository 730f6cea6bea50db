// covers: main/bridge/exchange.ts
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFileTransfer, type FileTransfer } from '../../../renderer/library/file-transfer.ts';
import { startTestCore, type TestCore } from '../../fakes/core.ts';
import { placeForeignCast } from '../../fakes/recordings.ts';

describe('files between a page and the core', () => {
  let core: TestCore;
  let files: FileTransfer;

  beforeAll(async () => {
    core = await startTestCore();
    files = createFileTransfer(core.connect());
  });
  afterAll(() => core.end());

  const recordings = (): string => join(core.home, 'recordings');

  async function listed(): Promise<readonly string[]> {
    const library = await core.core.library();
    return (await library.list()).map(({ imported, recordingId }) => imported?.fileName ?? recordingId);
  }

  test('a file that is sent becomes a recording', async () => {
    const text = `{"version":2,"width":80,"height":24}\n${'[1,"o","0123456789"]\n'.repeat(100_000)}`;
    await files.upload(new File([text], 'large.cast'));
    expect(await listed()).toContain('large.cast');
  });

  test('one that is none is refused with its reason, also while it is being sent', async () => {
    await expect(files.upload(new File(['hello'], 'notes.txt'))).rejects.toMatchObject({
      code: 'recording-unreadable',
      message: expect.stringContaining('notes.txt is not imported'),
    });
    const large = new File([`${'x'.repeat(999)}\n`.repeat(80_000)], 'noise.txt');
    await expect(files.upload(large)).rejects.toMatchObject({ code: 'recording-unreadable' });
    await expect(files.upload(new File([], 'empty.cast'))).rejects.toMatchObject({
      code: 'recording-unreadable',
    });
    expect((await readdir(recordings())).filter((name) => name.endsWith('.reserve'))).toEqual([]);
  });

  test('what would be masked is told before', async () => {
    await placeForeignCast(recordings(), 'foreign');
    await writeFile(
      join(recordings(), 'foreign.cast'),
      '{"version":2,"width":80,"height":24}\n[1,"o","token=abc\\r\\n"]\n[9,"o","token=def\\r\\n"]\n',
    );
    const { signal } = new AbortController();
    const request = { recordingId: 'foreign', format: 'html', fromMicros: 0, isMasked: true } as const;
    expect(await files.review(request, { signal })).toMatchObject({
      maskedSpans: 2,
      maskedPlaces: [
        { rule: 'named-value', timeMicros: 1_000_000 },
        { rule: 'named-value', timeMicros: 9_000_000 },
      ],
    });
    expect(await files.review({ ...request, fromMicros: 5_000_000 }, { signal })).toMatchObject({
      maskedSpans: 1,
    });
    await expect(files.review({ ...request, fromMicros: 5, toMicros: 4 }, { signal })).rejects.toMatchObject({
      code: 'bad-input',
    });
  });
});
