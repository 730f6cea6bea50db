import { expect, test } from 'vitest';
import { findThreadFile } from '../../../main/base/thread-file.ts';

test('a thread of the sources is a source', () => {
  expect(
    findThreadFile('./search/search-worker.ts', 'file:///opt/kubereel/main/compose-library.ts').href,
  ).toBe('file:///opt/kubereel/main/search/search-worker.ts');
});

test('a thread of a bundle stands beside it, whatever folder its source was in', () => {
  expect(findThreadFile('./search/search-worker.ts', 'file:///opt/kubereel/out/cli.mjs').href).toBe(
    'file:///opt/kubereel/out/search-worker.mjs',
  );
});

test('a thread of the packaged app stands outside of its archive, with the command', () => {
  const caller = 'file:///opt/app.asar/resources/app.asar/out/app-AB12.mjs';
  expect(findThreadFile('./survey-worker.ts', caller).href).toBe(
    'file:///opt/app.asar/resources/app.asar.unpacked/out/command/survey-worker.mjs',
  );
});

test('a thread of the packaged command stands beside it', () => {
  const caller = 'file:///opt/Kubereel/resources/app.asar.unpacked/out/command/cli.mjs';
  expect(findThreadFile('./survey-worker.ts', caller).href).toBe(
    'file:///opt/Kubereel/resources/app.asar.unpacked/out/command/survey-worker.mjs',
  );
});
