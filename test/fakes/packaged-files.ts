const PAGE = ['app.css', 'app.js', 'icon.svg', 'index.html'];
/** The files of the app as electron-builder's archive of it lists them, on Linux with an x64 processor. */
export const PACKAGED_FILES: readonly string[] = [
  'package.json',
  'out/main.mjs',
  'out/app-AAAAAAAA.mjs',
  'out/app-BBBBBBBB.mjs',
  'out/preload.cjs',
  ...PAGE.map((name) => `out/page/${name}`),
  ...PAGE.map((name) => `out/command/page/${name}`),
  ...['cli', 'search-worker', 'export-worker', 'survey-worker'].map((name) => `out/command/${name}.mjs`),
  ...['AAAAAAAA', 'BBBBBBBB', 'CCCCCCCC'].map((hash) => `out/command/part-${hash}.mjs`),
  ...['package.json', 'LICENSE', 'index.js', 'utils.js', 'types.js', 'terminal.js', 'unixTerminal.js'].map(
    (name) => `node_modules/@lydell/node-pty/${name}`,
  ),
  'node_modules/@lydell/node-pty/worker/conoutSocketWorker.js',
  'node_modules/@lydell/node-pty-linux-x64/package.json',
  'node_modules/@lydell/node-pty-linux-x64/pty.node',
  ...[
    'package.json',
    'LICENSE',
    'index.js',
    'geometry.js',
    'js-binding.js',
    'load-image.js',
    'node-canvas.js',
  ].map((name) => `node_modules/@napi-rs/canvas/${name}`),
  'node_modules/@napi-rs/canvas-linux-x64-gnu/package.json',
  'node_modules/@napi-rs/canvas-linux-x64-gnu/skia.linux-x64-gnu.node',
  'node_modules/asciinema-player/package.json',
  'node_modules/asciinema-player/LICENSE',
  'node_modules/asciinema-player/dist/bundle/asciinema-player.css',
  'node_modules/asciinema-player/dist/bundle/asciinema-player.min.js',
];
