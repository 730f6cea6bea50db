import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  kubectlDebug,
  kubectlExec,
  kubectlNode,
  kubectlPods,
  placeOf,
  quoteForPosix,
  quoteForPowerShell,
} from '../../renderer/kubectl-command.ts';
import { contextNamed } from '../fakes/page-things.ts';

const target = { context: 'staging', namespace: 'shop', pod: 'web-0', container: 'app' };
const place = { context: 'staging' };

describe('the kubectl command', () => {
  test('of a shell names context, namespace and container', () => {
    expect(kubectlExec(place, target, 'linux')).toBe(
      'kubectl exec -it web-0 --context staging -n shop -c app -- sh',
    );
  });

  test('of a shell in the default container leaves the choice to kubectl', () => {
    const { container: _, ...whole } = target;
    expect(kubectlExec(place, whole, 'darwin')).toBe(
      'kubectl exec -it web-0 --context staging -n shop -- sh',
    );
  });

  test('of a session with a command of its own has that command, each word quoted where it must be', () => {
    const command = ['psql', '-c', "select 'a' where $1 < 2"];
    expect(kubectlExec(place, { ...target, command }, 'linux')).toBe(
      String.raw`kubectl exec -it web-0 --context staging -n shop -c app -- psql -c 'select '\''a'\'' where $1 < 2'`,
    );
  });

  test('of the demo cluster names its kubeconfig, and of no other', () => {
    const demo = contextNamed('kubereel-demo', { isDemo: true, kubeconfigPath: '/home/ada b/demo.yaml' });
    expect(kubectlPods(placeOf(demo.name, demo), 'shop', 'linux')).toBe(
      "kubectl get pods --kubeconfig '/home/ada b/demo.yaml' --context kubereel-demo -n shop",
    );
    expect(placeOf('staging', contextNamed('staging'))).toEqual({ context: 'staging' });
    expect(placeOf('gone', undefined)).toEqual({ context: 'gone' });
  });

  test('of all namespaces says so', () => {
    expect(kubectlPods(place, null, 'linux')).toBe('kubectl get pods --context staging --all-namespaces');
  });

  test('of a container without a shell brings one and looks into it', () => {
    expect(kubectlDebug(place, target, 'linux')).toBe(
      'kubectl debug -it web-0 --context staging -n shop --image busybox --target app -- sh',
    );
  });

  test('of a debug container has its image, that of a node is root of it', () => {
    expect(kubectlDebug(place, { ...target, debug: { image: 'alpine:3' } }, 'linux')).toBe(
      'kubectl debug -it web-0 --context staging -n shop --image alpine:3 --target app -- sh',
    );
    expect(kubectlNode(place, { namespace: 'ops', node: { name: 'node-1', image: 'alpine' } }, 'linux')).toBe(
      'kubectl debug -it node/node-1 --context staging -n ops --image alpine --profile sysadmin -- chroot /host sh',
    );
  });

  test('is quoted for PowerShell on Windows', () => {
    const aws = { context: "arn:aws:eks:eu-1:12:cluster/ada's" };
    expect(kubectlPods(aws, 'shop', 'win32')).toBe(
      "kubectl get pods --context 'arn:aws:eks:eu-1:12:cluster/ada''s' -n shop",
    );
  });
});

/** No argument of a program can hold a NUL, and a lone surrogate is no text. */
const word = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !text.includes('\0'));
const nasty = fc
  .array(
    fc.constantFrom('$', '`', '"', "'", '\\', '\n', ' ', '*', '!', '~', '#', '&', ';', '(', '-', '=', 'a'),
  )
  .map((parts) => parts.join(''));

describe.skipIf(!existsSync('/bin/sh'))('quoted for a POSIX shell', () => {
  test('any words come back from sh as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(word, nasty), { minLength: 1, maxLength: 12 }), (words) => {
        const line = words.map(quoteForPosix).join(' ');
        const printed = execFileSync('/bin/sh', ['-c', String.raw`printf '%s\0' ${line}`], {
          encoding: 'utf8',
        });
        expect(printed.split('\0').slice(0, -1)).toEqual(words);
      }),
      { numRuns: 150 },
    );
  });

  test('a word that needs no quotes has none', () => {
    for (const plain of ['web-7f9c', 'arn:aws:eks:eu-1:12:cluster/prod', 'ada@example.com', '--context']) {
      expect(quoteForPosix(plain)).toBe(plain);
    }
    for (const special of ['', '~', '~/x', 'a b', 'a=b', '$HOME', '*', '#x']) {
      expect(quoteForPosix(special)).toBe(`'${special}'`);
    }
  });
});

/** PowerShell's own reading of a quoted word: any of its single quotes ends it, two of them are the second. */
function readPowerShell(quoted: string): string {
  if (!quoted.startsWith("'")) return quoted;
  const inner = quoted.slice(1, -1);
  expect(inner.replaceAll(/(['‘’‚‛])['‘’‚‛]/g, '')).not.toMatch(/['‘’‚‛]/);
  return inner.replaceAll(/['‘’‚‛](['‘’‚‛])/g, '$1');
}

describe('quoted for PowerShell', () => {
  test('any word comes back as it was', () => {
    const quotes = fc
      .array(fc.constantFrom("'", '‘', '’', '‚', '‛', '"', '$', '`', 'a'))
      .map((p) => p.join(''));
    fc.assert(
      fc.property(fc.oneof(word, quotes), (text) => {
        expect(readPowerShell(quoteForPowerShell(text))).toBe(text);
      }),
    );
  });

  test('what it would take for a number, an array, a variable or a switch with a dot is quoted', () => {
    for (const special of ['', '12', '0x1f', 'a,b', '@x', '$x', '-a.b', '--', 'a b'].filter(
      (w) => w !== '--',
    )) {
      expect(quoteForPowerShell(special)).toBe(`'${special}'`);
    }
    for (const plain of ['--', '--context', '-it', 'web-0', '/bin/sh'])
      expect(quoteForPowerShell(plain)).toBe(plain);
  });
});
