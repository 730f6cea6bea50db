/** How commands of kubectl come to be open through the recording proxy, where a cluster does not let them in at once. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createTransport } from '../../main/kube/transport.ts';
import { type CommandClusterOptions, startCommandCluster } from '../fakes/command-cluster.ts';
import { createContext, createCredentials, createDialNeeds, openTransport } from '../fakes/kube-access.ts';
import { shareCertificates } from '../fakes/proxy-stage.ts';
import { newestWays, type RecordedKubectl, startRecordedKubectl } from '../fakes/recorded-kubectl.ts';

/** It says nothing before it was spoken to: what came before kubectl had made its streams would be lost, and asked for again. */
const SAY = ['exec', '-i', 'web', '--', 'say', 'out', 'err', '3'];
const INPUT = { input: Buffer.from('go on') };

async function openCluster(options: CommandClusterOptions) {
  const cluster = await startCommandCluster(options);
  onTestFinished(() => cluster.close());
  return cluster;
}

async function openStage(...[transport]: Parameters<typeof startRecordedKubectl>): Promise<RecordedKubectl> {
  const stage = await startRecordedKubectl(transport);
  onTestFinished(() => stage.close());
  return stage;
}

describe.skipIf(newestWays.length === 0)('kubectl through the recording proxy', () => {
  test('rc-negotiate: a server that knows no v5 has it turn to SPDY, which is recorded', async () => {
    const cluster = await openCluster({ protocols: ['v4.channel.k8s.io'] });
    const stage = await openStage(openTransport(cluster.address));
    const [way] = newestWays.filter(({ transport }) => transport === 'websocket');
    if (!way) throw new Error('there is no kubectl with WebSockets');
    const { code, stdout } = await stage.run(way, SAY, INPUT);
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 3, stdout: 'out' });
    const upgrades = cluster.requests.map(({ headers }) => headers.upgrade).filter((name) => name);
    expect(upgrades).toEqual(['websocket', 'SPDY/3.1']);
    const recordings = await stage.recorded();
    expect(recordings.at(-1)?.sidecar.state).toMatchObject({ end: { kind: 'exited', exitCode: 3 } });
  });

  test.each(newestWays)(
    'rc-auth-on-upgrade: over $transport a credential that has expired is renewed, and asked with once more',
    async (way) => {
      const { authority, certificate, privateKey } = await shareCertificates();
      const cluster = await openCluster({
        tls: { cert: certificate, key: privateKey },
        admits: ({ headers }) => headers.authorization === 'Bearer new',
      });
      const credentials = createCredentials({ authorization: 'Bearer old' }, { authorization: 'Bearer new' });
      const context = createContext(cluster.address, { certificateAuthority: authority });
      const stage = await openStage(createTransport(createDialNeeds(), context, credentials));
      const { code, stdout } = await stage.run(way, SAY, INPUT);
      expect({ code, stdout: stdout.toString() }).toEqual({ code: 3, stdout: 'out' });
      const upgrades = cluster.requests.filter(({ headers }) => headers.upgrade);
      expect(upgrades.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
      expect(credentials.renewals).toBe(1);
      expect(await stage.recorded()).toHaveLength(1);
    },
  );
});
