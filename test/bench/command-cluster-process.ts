/**
 * A cluster that answers exec over both transports, in a process of its own: what it costs is not counted as ours. Prints a
 * kubeconfig as one line of JSON, and ends with its input.
 */
import { createLoopbackCertificates } from '../../main/base/loopback-certificates.ts';
import { startCommandCluster } from '../fakes/command-cluster.ts';
import { kubeconfigFor } from '../fakes/doctor-report.ts';

const { authority, certificate, privateKey } = await createLoopbackCertificates(Date.now());
const cluster = await startCommandCluster({ tls: { cert: certificate, key: privateKey } });
const data = Buffer.from(authority).toString('base64');
const kubeconfig = kubeconfigFor({ server: cluster.address, 'certificate-authority-data': data });
process.stdout.write(`${JSON.stringify(kubeconfig)}\n`);
process.stdin.on('end', () => void cluster.close()).resume();
