// covers: build/package/reachable.ts
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type DistFacts, formatRows, planDist } from '../../../build/package/dist-plan.ts';
import { findHostTrouble } from '../../../build/package/reachable.ts';

/** A machine that has and reaches everything. */
const FACTS: DistFacts = {
  machine: { platform: 'linux', arch: 'x64' },
  hasElectron: true,
  electronTrouble: undefined,
  toolsTrouble: undefined,
  missingModules: [],
  has: () => true,
};
const madeWith = (facts: Partial<DistFacts>): readonly string[] =>
  planDist({ ...FACTS, ...facts })
    .filter(({ obstacle }) => obstacle === undefined)
    .map(({ target }) => target);

test('each system makes its own packages, and says of the others where they are made', () => {
  expect(madeWith({})).toEqual(['deb', 'rpm', 'AppImage', 'tar.gz']);
  expect(madeWith({ machine: { platform: 'win32', arch: 'x64' } })).toEqual(['nsis', 'zip']);
  expect(madeWith({ machine: { platform: 'darwin', arch: 'arm64' } })).toEqual(['dmg', 'zip']);
  expect(formatRows(planDist(FACTS), ['dist/a.deb'])).toMatch(
    /^deb +made\n[\s\S]*Windows nsis +no: made on Windows[\s\S]*\ndist\/a\.deb$/,
  );
});

test('what is here needs no host', () => {
  expect(
    madeWith({ electronTrouble: 'github.com: ENOTFOUND', toolsTrouble: 'github.com: ENOTFOUND' }),
  ).toEqual(['deb', 'rpm', 'AppImage', 'tar.gz']);
});

test('what is neither here nor can be fetched is not tried, and said', () => {
  const alone = {
    toolsTrouble: 'github.com: ENOTFOUND',
    has: (tool: string) => tool === '7za' || tool === 'rpmbuild',
  };
  expect(madeWith(alone)).toEqual(['tar.gz']);
  expect(planDist({ ...FACTS, ...alone }).find(({ target }) => target === 'deb')?.obstacle).toBe(
    'fpm is not here and cannot be fetched (github.com: ENOTFOUND)',
  );
  expect(madeWith({ hasElectron: false, electronTrouble: 'github.com: ENOTFOUND' })).toEqual([]);
  expect(madeWith({ missingModules: ['@napi-rs/canvas-linux-x64-gnu'] })).toEqual([]);
  expect(madeWith({ has: (tool) => tool !== 'rpmbuild' })).toEqual(['deb', 'AppImage', 'tar.gz']);
});

test('a host that answers anything is reached; one that does not, and a name that leads nowhere, are told', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/answers') response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await findHostTrouble(`${address}/answers`, {})).toBeUndefined();
  expect(await findHostTrouble(`${address}/silent`, {}, 200)).toMatch(/does not answer within 0\.2 s/);
  expect(await findHostTrouble('http://127.0.0.1:1/', {})).toMatch(/^127\.0\.0\.1:1: /);
  expect(
    await findHostTrouble('http://127.0.0.1:1/', { HTTPS_PROXY: 'http://proxy.example' }),
  ).toBeUndefined();
});
