import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A file system of its own, in memory, that is as full as a real disk can be. */
export interface SmallDisk {
  readonly folder: string;
  readonly freeBytes: number;
  /** To so many KiB in all; more than is in use. */
  resize(kib: number): void;
}

function mount(folder: string, kib: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k,mode=700`, 'tmpfs', folder], { stdio: 'ignore' });
}

function unmount(folder: string): void {
  // Lazily: a file that a failed test left open must not keep it.
  execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
  rmSync(folder, { recursive: true });
}

function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'kubereel-disk-'));
}

function readFreeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Only root may mount, and in a container not even root always; nor does each keep to the size. */
export function canMountDisks(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const folder = makeFolder();
  try {
    mount(folder, 256);
  } catch {
    rmSync(folder, { recursive: true });
    return false;
  }
  const isSmall = readFreeBytes(folder) <= 256 * 1024;
  unmount(folder);
  return isSmall;
}

/** It goes with the test that asked for it. */
export function mountSmallDisk(kib: number): SmallDisk {
  const folder = makeFolder();
  mount(folder, kib);
  onTestFinished(() => unmount(folder));
  return {
    folder,
    get freeBytes() {
      return readFreeBytes(folder);
    },
    resize(size) {
      execFileSync('mount', ['-o', `remount,size=${size}k`, folder], { stdio: 'ignore' });
    },
  };
}
