// covers: main/bridge/exchange.ts
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createFileTransfer,
  type FileTransfer,
  type PreviewedExport,
} from '../../../renderer/library/file-transfer.ts';
import { startTestCore, type TestCore } from '../../fakes/core.ts';
import { terminalFont } from '../../fakes/drawing.ts';
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

  async function place(recordingId: string, lines: string): Promise<void> {
    await placeForeignCast(recordings(), recordingId);
    const header = '{"version":2,"width":40,"height":5}\n';
    await writeFile(join(recordings(), `${recordingId}.cast`), header + lines);
  }

  const { signal } = new AbortController();

  test('a preview of text is its beginning, with whole characters', async () => {
    await place(
      'long-text',
      `[1,"o","token=abc\\r\\n"]\n${'[2,"o","ein Österreicher\\r\\n"]\n'.repeat(20_000)}`,
    );
    const request = { recordingId: 'long-text', format: 'text', fromMicros: 0, isMasked: true } as const;
    const preview = await files.preview(request, { signal });
    expect(preview).toMatchObject({ kind: 'text', isCut: true });
    const text = preview.kind === 'text' ? preview.text : '';
    expect(text).toMatch(/^token=•••\nein Österreicher\n/);
    expect(text).not.toContain('\ufffd');
    expect(Buffer.byteLength(text)).toBeGreaterThan(16_000);
  });

  test('a preview of an image is all of it, of the moment that is asked for', async () => {
    await place('image', '[1,"o","first"]\n[9,"o","second"]\n');
    const request = { recordingId: 'image', format: 'svg', fromMicros: 0, isMasked: true } as const;
    async function look(changes: { readonly toMicros?: number }): Promise<string> {
      const preview = await files.preview({ ...request, ...changes }, { signal });
      const [type = '', base64 = ''] = (preview.kind === 'image' ? preview.address : '').split(',');
      expect(type).toBe('data:image/svg+xml;base64');
      return Buffer.from(base64, 'base64').toString();
    }
    expect(await look({})).toContain('firstsecond');
    expect(await look({ toMicros: 5e6 })).not.toContain('second');
  });

  test.skipIf(!terminalFont)('a preview of an animation has its first pictures alone', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => `[${index},"o","${index} "]\n`);
    await place('animated', lines.join(''));
    const request = { recordingId: 'animated', format: 'gif', fromMicros: 0, isMasked: true } as const;
    const gif = { speed: 1, idleLimitSeconds: 2, fontSize: 12 };
    const whole = await files.preview({ ...request, gif }, { signal });
    const start = await files.preview({ ...request, gif: { ...gif, mostFrames: 5 } }, { signal });
    const bytesOf = (preview: PreviewedExport): number =>
      preview.kind === 'image' ? preview.address.length : 0;
    expect(start).toMatchObject({ address: expect.stringMatching(/^data:image\/gif;base64,R0lGODlh/) });
    expect(bytesOf(start) * 5).toBeLessThan(bytesOf(whole));
    await expect(
      files.preview({ ...request, gif: { ...gif, fontSize: 500 } }, { signal }),
    ).rejects.toMatchObject({
      code: 'bad-input',
    });
  });

  test('a preview that nobody waits for any more is given up', async () => {
    await place('given-up', '[1,"o","x"]\n');
    const abort = new AbortController();
    const request = { recordingId: 'given-up', format: 'svg', fromMicros: 0, isMasked: true } as const;
    const waiting = files.preview(request, { signal: abort.signal });
    abort.abort(new Error('closed'));
    await expect(waiting).rejects.toThrow('closed');
  });
});
