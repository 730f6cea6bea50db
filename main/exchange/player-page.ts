import { createHash } from 'node:crypto';
import { AppError } from '../base/errors.ts';
import type { CastPart } from './cast-part.ts';
import { toCastV2 } from './cast-text.ts';

/** asciinema-player, which the page brings along. */
export interface PlayerFiles {
  readonly script: string;
  readonly style: string;
  /** Its licence asks for it to go with every copy. */
  readonly license: string;
}

/** A browser keeps it several times over: as text of the page, as bytes, as a string and as events. */
const MAX_PAGE_CAST_BYTES = 128 * 1024 * 1024;
/** A multiple of three, so that pieces of base64 can be put behind each other. */
const BASE64_STEP = 48 * 1024;

/**
 * One file that plays the recording in any browser, offline: all that it needs is in it, and its own rules let it load
 * and send nothing. The cast goes into it as base64, where no sequence of its own can end it. Throws `bad-input` where
 * it is more than a browser takes.
 */
export async function* toPlayerPage(
  parts: AsyncIterable<CastPart>,
  player: PlayerFiles,
  title: string,
): AsyncGenerator<string> {
  const script = escapeScript(player.script);
  yield formatHead({ ...player, script }, title);
  let bytes = 0;
  let rest = Buffer.alloc(0);
  for await (const line of withEvents(toCastV2(parts))) {
    rest = Buffer.concat([rest, Buffer.from(line)]);
    if (rest.length < BASE64_STEP) continue;
    const whole = rest.length - (rest.length % 3);
    yield `${rest.toString('base64', 0, whole)}\n`;
    rest = rest.subarray(whole);
    bytes += whole;
    if (bytes > MAX_PAGE_CAST_BYTES) {
      throw new AppError(
        'bad-input',
        `the recording has more than ${MAX_PAGE_CAST_BYTES} bytes, too many for a page`,
        {
          hint: 'Export a range of it, or a cast.',
        },
      );
    }
  }
  yield `${rest.toString('base64')}</script>\n<script>${script}</script>\n<script>${START}</script>\n</body>\n</html>\n`;
}

/** The player takes a recording without events for a broken one. */
async function* withEvents(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let count = 0;
  for await (const line of lines) {
    count += 1;
    yield line;
  }
  if (count === 1) yield '[0.000000,"o",""]\n';
}

/** Reads the cast out of the page and plays it. */
const START = `
const text = document.getElementById('cast').textContent.replace(/\\s/g, '');
const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const cast = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
AsciinemaPlayer.create({ data: cast }, document.getElementById('player'), { fit: 'both', controls: true, idleTimeLimit: 2, preload: true });
`;

function formatHead({ script, style, license }: PlayerFiles, title: string): string {
  const scripts = [script, START].map(
    (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
  );
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.join(' ')} 'wasm-unsafe-eval'`,
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<!--
Recorded with Kubereel. Played by asciinema-player (github.com/asciinema/asciinema-player), which is in this file:

${license.replaceAll('--', '- -')}
-->
<style>
html, body { margin: 0; height: 100%; background: #11151c; }
body { display: flex; flex-direction: column; }
h1 { margin: 0; padding: 10px 16px; font: 500 14px/20px system-ui, sans-serif; color: #d8dee9; overflow-wrap: anywhere; }
#player { flex: 1; min-height: 0; }
${style.replaceAll('</', '<\\/')}
</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<main id="player"></main>
<script type="text/plain" id="cast">
`;
}

/** No text of a script may look like its end. */
function escapeScript(script: string): string {
  return script.replaceAll(/<\/(?=script)/gi, '<\\/').replaceAll('<!--', '<\\!--');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
