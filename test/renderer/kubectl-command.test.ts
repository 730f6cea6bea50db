import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  kubectlDebug,
  kubectlPods,
  kubectlShell,
  placeOf,
  quoteForPosix,
  quoteForPowerShell,
} from '../../renderer/kubectl-command.ts';
import { kubectlEnvironment, kubectlPath } from '../fakes/demo-kubectl.ts';
import { startTestDemo } from '../fakes/demo-start.ts';
import { contextNamed } from '../fakes/page-things.ts';

const execute = promisify(execFile);
const target = { context: 'staging', namespace: 'shop', pod: 'web-0', container: 'app' };
const place = { context: 'staging' };

describe('the kubectl command', () => {
  test('of a shell names context, namespace and container', () => {
    expect(kubectlShell(place, target, 'linux')).toBe(
      'kubectl exec -it web-0 --context staging -n shop -c app -- sh',
    );
  });

  test('of a shell in the default container leaves the choice to kubectl', () => {
    const { container: _, ...whole } = target;
    expect(kubectlShell(place, whole, 'darwin')).toBe(
      'kubectl exec -it web-0 --context staging -n shop -- sh',
    );
  });

  test('of a session with a command of its own has that command, each word quoted where it must be', () => {
    const command = ['psql', '-c', "select 'a' where $1 < 2"];
    expect(kubectlShell(place, { ...target, command }, 'linux')).toBe(
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
    const command =
      'kubectl debug -it web-0 --context staging -n shop --image busybox:1.37 --profile general --target app -- sh';
    expect(kubectlDebug(place, target, { image: 'busybox:1.37' }, 'linux')).toBe(command);
    expect(kubectlShell(place, { ...target, debug: { image: 'busybox:1.37' } }, 'linux')).toBe(command);
    const debug = { image: 'busybox:1.37', profile: 'restricted' } as const;
    expect(kubectlShell(place, { ...target, debug }, 'linux')).toContain('--profile restricted');
  });

  test('of a shell on a node is that of a node', () => {
    const node = { name: 'node-1', image: 'busybox:1.37' };
    expect(kubectlShell(place, { ...target, node }, 'linux')).toBe(
      'kubectl debug -it node/node-1 --context staging -n shop --image busybox:1.37 --profile sysadmin -- chroot /host sh',
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

describe.skipIf(!kubectlPath || !existsSync('/bin/sh'))('pasted into a shell with a real kubectl', () => {
  test('lists the pods and runs the command, whatever stands in it', async () => {
    const demo = await startTestDemo();
    const here = placeOf(
      demo.contextName,
      contextNamed(demo.contextName, { isDemo: true, kubeconfigPath: demo.kubeconfigPath }),
    );
    const paste = async (command: string): Promise<string> => {
      const { stdout } = await execute('/bin/sh', ['-c', command], {
        env: kubectlEnvironment(demo.kubeconfigPath),
      });
      return stdout;
    };
    const listed = await paste(kubectlPods(here, null, 'linux'));
    const [, namespace = '', pod = ''] = /^(shop) +(web-\S+)/m.exec(listed) ?? [];
    expect(pod).toMatch(/^web-/);
    const argument = `it's "$HOME" & \\ back`;
    const command = ['sh', '-c', `printf '<%s>' "$1"`, 'sh', argument];
    const opens = { context: demo.contextName, namespace, pod, command };
    expect(await paste(kubectlShell(here, opens, 'linux'))).toContain(`<${argument}>`);
    await demo.stop();
  });
});
