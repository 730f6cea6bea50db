import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeApiServer, sendJson, startApiServer } from '../fakes/api-server.ts';
import { type AppInBrowser, startAppInBrowser } from '../fakes/app-window.ts';
import { chromiumPath } from '../fakes/chromium.ts';
import { answerAsCluster, kubeconfigFor } from '../fakes/doctor-report.ts';
import { createTestAuthority } from '../fakes/tls.ts';

const shots = fileURLToPath(new URL('../../artefacts/doctor', import.meta.url));
const TOKEN = 'planted-token-of-the-test';

describe.skipIf(!chromiumPath)('a connection that does not work, in the whole app', () => {
  let server: FakeApiServer;
  let folder: string;
  let opened: AppInBrowser;
  let trusted = '';

  async function writeKubeconfig(authority: string): Promise<void> {
    const cluster = {
      server: server.address,
      'certificate-authority-data': Buffer.from(authority).toString('base64'),
    };
    await writeFile(join(folder, 'config'), JSON.stringify(kubeconfigFor(cluster, { token: TOKEN })));
  }

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    const authority = await createTestAuthority('the-cluster');
    const pair = await authority.issue({ commonName: 'kube-apiserver', names: ['127.0.0.1'] });
    trusted = authority.certificate;
    server = await startApiServer({
      tls: { cert: pair.certificate, key: pair.privateKey },
      answer(request, response) {
        if (/\/pods/.test(request.url ?? '')) {
          sendJson(response, 200, { kind: 'PodList', metadata: { resourceVersion: '1' }, items: [] });
        } else void answerAsCluster({ verbs: ['create'] }, request, response);
      },
    });
    folder = await mkdtemp(join(tmpdir(), 'kubereel-doctor-'));
    const stranger = await createTestAuthority('another');
    await writeKubeconfig(stranger.certificate);
    opened = await startAppInBrowser({ args: [], environment: { KUBECONFIG: join(folder, 'config') } });
  });
  afterAll(async () => {
    await opened?.stop();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('is led from the failed list to the certificate, and once mended to the missing verb', async () => {
    const { page } = opened.window;
    await page.getByRole('option', { name: /^staging/ }).click();
    await page.getByRole('button', { name: 'Check this connection' }).click();
    await page.getByText('No shell would open: the cluster is not trusted').waitFor();
    await page
      .getByText(/is not signed by an authority that context staging trusts/)
      .last()
      .waitFor();
    await page.getByRole('button', { name: 'Details of TLS certificates' }).click();
    await page.getByText(/0: CN=kube-apiserver; issued by CN=the-cluster/).waitFor();
    await page.screenshot({ path: `${shots}/app-untrusted.png` });

    await writeKubeconfig(trusted);
    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByText('No shell would open: exec is not possible here').waitFor();
    await page.getByText(/create is allowed, get is denied on pods\/exec in namespace shop/).waitFor();
    await page.screenshot({ path: `${shots}/app-missing-verb.png` });
    expect(await page.content()).not.toContain(TOKEN);
  });
});
