import fc from 'fast-check';
import type { RecordingFacts } from '../../main/recording/recording-facts.ts';

/** Of everything something. */
export const ALL_FACTS: RecordingFacts = {
  cluster: { name: 'prod', server: 'https://10.0.0.1:6443' },
  podUid: '7c1f',
  image: 'nginx:1.27',
  imageId: 'docker.io/library/nginx@sha256:0c12',
  node: 'node-7',
  user: 'ada@example.com',
  appVersion: '0.4.0',
  sessionId: 'b1946ac9',
  hasTty: true,
  origin: { kind: 'debug', target: 'app' },
  door: { kind: 'kubectl', client: 'kubectl/v1.32.0' },
};

/** Any of them, any of them absent. */
export function anyFacts(text: fc.Arbitrary<string>): fc.Arbitrary<RecordingFacts> {
  return fc.record(
    {
      cluster: fc.record({ name: text, server: text }),
      podUid: text,
      image: text,
      imageId: text,
      node: text,
      user: text,
      appVersion: text,
      sessionId: text,
      hasTty: fc.boolean(),
      origin: fc.oneof(
        fc.record({ kind: fc.constant('debug' as const), target: text }),
        fc.record({ kind: fc.constant('node' as const) }),
      ),
      door: fc.record({ kind: fc.constantFrom('kubectl' as const, 'browser' as const), client: text }),
      imported: fc.record(
        { fileName: text, format: text, sha256: text, title: text },
        { requiredKeys: ['fileName', 'format'] },
      ),
    },
    { requiredKeys: [] },
  );
}
