/** Exports a recording and throws it away, as a process whose memory a test bounds. */
import { type ExportFormat, exportRecording } from '../../main/exchange/export.ts';
import { readPlayerFiles } from '../../main/exchange/player-files.ts';
import { loadDrawing } from './drawing.ts';

const [path = '', format = 'cast'] = process.argv.slice(2);
const { chunks, summary } = exportRecording(
  { patterns: [], playerFiles: readPlayerFiles, loadDrawing },
  path,
  {
    format: format as ExportFormat,
    range: { fromMicros: 0, toMicros: Number.POSITIVE_INFINITY },
    isMasked: false,
    title: 'x',
  },
  { signal: new AbortController().signal },
);
for await (const _ of chunks);
process.stdout.write(`${summary().bytes}\n`);
