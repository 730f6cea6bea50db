import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { PackagedThing } from './inventory.ts';

/** Of a package-lock.json, by folders: `node_modules/ws`. */
type Locked = Readonly<Record<string, { readonly integrity?: string }>>;

/**
 * The package's bill of materials, CycloneDX 1.5 (cyclonedx.org/docs/1.5/json): what is in it, and nothing that only
 * builds it. Without a date or a number, so that the same package has the same one. `npm sbom` lists the repository.
 */
export async function formatSbom(
  root: string,
  version: string,
  things: readonly PackagedThing[],
): Promise<string> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const packages: Locked = lock.packages;
  const components = things.map(({ name, version: of, license, folder }) => {
    const locked = folder === undefined ? undefined : packages[relative(root, folder).replaceAll('\\', '/')];
    const purl =
      folder === undefined ? `pkg:generic/${name}@${of}` : `pkg:npm/${name.replace('@', '%40')}@${of}`;
    return {
      type: 'library',
      'bom-ref': purl,
      name,
      version: of,
      licenses: [{ expression: license }],
      purl,
      ...(locked?.integrity ? { hashes: readHashes(locked.integrity) } : {}),
    };
  });
  const own = {
    type: 'application',
    'bom-ref': `pkg:generic/kubereel@${version}`,
    name: 'kubereel',
    version,
  };
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { ...own, licenses: [{ expression: 'Apache-2.0' }] } },
    components,
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

/** `sha512-BASE64`, as npm writes it, of the archive that npm fetched. */
function readHashes(integrity: string): readonly { alg: string; content: string }[] {
  const [, bits, text = ''] = /^sha(\d+)-(.+)$/.exec(integrity) ?? [];
  return bits === undefined
    ? []
    : [{ alg: `SHA-${bits}`, content: Buffer.from(text, 'base64').toString('hex') }];
}
