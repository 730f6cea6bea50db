#!/usr/bin/env node
/**
 * As much of fpm as electron-builder asks of it (`-s dir -t deb|rpm`), with dpkg-deb and rpmbuild. For the check of
 * packages on machines that have no fpm and cannot fetch it; packages for people are made with the real one.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Options that stand alone; each other one has a value. */
const FLAGS = new Set(['--force', '--debug']);

const options = new Map();
const mappings = [];
const args = process.argv.slice(2);
for (let index = 0; index < args.length; index += 1) {
  const argument = args[index];
  if (FLAGS.has(argument)) continue;
  if (argument.startsWith('-')) {
    index += 1;
    options.set(argument, [...(options.get(argument) ?? []), args[index]]);
  } else {
    const cut = argument.lastIndexOf('=');
    mappings.push({ from: argument.slice(0, cut), to: argument.slice(cut + 1) });
  }
}
const one = (name) => options.get(name)?.at(-1) ?? '';

const work = mkdtempSync(join(tmpdir(), 'kubereel-fpm-'));
try {
  const tree = join(work, 'tree');
  for (const { from, to } of mappings) {
    const target = join(tree, to);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(from, target, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  }
  for (const entry of [tree, ...readdirSync(tree, { recursive: true }).map((path) => join(tree, path))]) {
    if (statSync(entry).isDirectory()) chmodSync(entry, 0o755);
  }
  if (one('-t') === 'deb') writeDeb(tree);
  else writeRpm(tree);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function writeDeb(tree) {
  const control = join(tree, 'DEBIAN');
  mkdirSync(control, { mode: 0o755 });
  const [summary, ...rest] = one('--description').trim().split('\n');
  writeFileSync(
    join(control, 'control'),
    [
      `Package: ${one('--name')}`,
      `Version: ${one('--version')}`,
      `License: ${one('--license')}`,
      `Vendor: ${one('--vendor')}`,
      `Architecture: ${one('--architecture')}`,
      `Maintainer: ${one('--maintainer')}`,
      `Depends: ${(options.get('-d') ?? []).join(', ')}`,
      `Recommends: ${(options.get('--deb-recommends') ?? []).join(', ')}`,
      `Section: ${one('--category')}`,
      `Priority: ${one('--deb-priority')}`,
      `Homepage: ${one('--url')}`,
      `Description: ${summary}`,
      ...rest.map((line) => ` ${line.trim() || '.'}`),
      '',
    ].join('\n'),
  );
  for (const [script, option] of [
    ['postinst', '--after-install'],
    ['postrm', '--after-remove'],
  ]) {
    copyFileSync(one(option), join(control, script));
    chmodSync(join(control, script), 0o755);
  }
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z1', '--build', tree, one('--package')]);
}

function writeRpm(tree) {
  const spec = join(work, 'package.spec');
  const script = (option) => execFileSync('cat', [one(option)], { encoding: 'utf8' });
  const files = readdirSync(tree, { recursive: true })
    .filter((path) => !statSync(join(tree, path)).isDirectory())
    .map((path) => `"/${path}"`);
  writeFileSync(
    spec,
    [
      `Name: ${one('--name')}`,
      `Version: ${one('--version')}`,
      'Release: 1',
      `Summary: ${one('--rpm-summary')}`,
      `License: ${one('--license')}`,
      `URL: ${one('--url')}`,
      `Group: ${one('--category')}`,
      'AutoReqProv: no',
      ...(options.get('-d') ?? []).map((name) => `Requires: ${name}`),
      '%description',
      one('--description'),
      '%post',
      script('--after-install'),
      '%postun',
      script('--after-remove'),
      '%files',
      '%defattr(-,root,root,-)',
      ...files,
      '',
    ].join('\n'),
  );
  const defines = {
    _topdir: work,
    _rpmdir: work,
    _binary_payload: 'w1.gzdio',
    _build_id_links: 'none',
    __spec_install_post: '%{nil}',
    debug_package: '%{nil}',
  };
  execFileSync('rpmbuild', [
    '-bb',
    '--quiet',
    '--target',
    one('--architecture'),
    '--buildroot',
    tree,
    ...Object.entries(defines).flatMap(([name, value]) => ['--define', `${name} ${value}`]),
    spec,
  ]);
  const [built] = readdirSync(work, { recursive: true }).filter((path) => path.endsWith('.rpm'));
  mkdirSync(dirname(one('--package')), { recursive: true });
  copyFileSync(join(work, built), one('--package'));
  if (!basename(built).startsWith(one('--name'))) throw new Error(`rpmbuild made ${built}`);
}
