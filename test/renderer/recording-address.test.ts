import { afterEach, expect, test, vi } from 'vitest';
import type { RecordingLink } from '../../preload/recording-link.ts';
import { followLinks, readLinkFragment } from '../../renderer/recording-address.ts';

afterEach(() => vi.unstubAllGlobals());

test('a fragment is a link, or something else', () => {
  const link = 'kubereel://recording/abc?t=90';
  expect(readLinkFragment(`#${encodeURIComponent(link)}`)).toEqual({ recordingId: 'abc', timeMicros: 90e6 });
  expect(readLinkFragment(`#${link}`)).toEqual({ recordingId: 'abc', timeMicros: 90e6 });
  expect(['', '#', '#0a1b2c', '#%zz'].map(readLinkFragment)).toEqual(Array(4).fill(undefined));
});

test('links are followed at the start and as they come, and leave the address', () => {
  const location = { hash: '#kubereel://recording/one', pathname: '/index.html' };
  let changed = (): void => {};
  vi.stubGlobal('location', location);
  vi.stubGlobal('history', {
    replaceState() {
      location.hash = '';
    },
  });
  vi.stubGlobal('addEventListener', (_name: string, listener: () => void) => {
    changed = listener;
  });
  const links: RecordingLink[] = [];
  followLinks((link) => links.push(link));
  expect([links, location.hash]).toEqual([[{ recordingId: 'one' }], '']);
  location.hash = '#another';
  changed();
  location.hash = '#kubereel://recording/one?t=5';
  changed();
  expect(links).toEqual([{ recordingId: 'one' }, { recordingId: 'one', timeMicros: 5e6 }]);
  expect(location.hash).toBe('');
});
