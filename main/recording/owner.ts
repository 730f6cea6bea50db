import { hostname, uptime } from 'node:os';
import { systemCode } from '../base/errors.ts';
import type { RecordingOwner } from './recording.ts';

/** Clocks are set right after a machine has booted; a real reboot takes its uptime further than this. */
const CLOCK_SLACK_MS = 10 * 60_000;

export function describeThisProcess(): RecordingOwner {
  return {
    hostName: hostname(),
    processId: process.pid,
    processStartedAtMs: Math.round(performance.timeOrigin),
  };
}

/**
 * Whether the program that began a recording may still be writing it. What runs on another machine cannot be
 * seen from here and counts as gone.
 */
export function isOwnerAlive(owner: RecordingOwner): boolean {
  const self = describeThisProcess();
  if (owner.hostName !== self.hostName) return false;
  // In a container each start has the same id.
  if (owner.processId === self.processId) return owner.processStartedAtMs === self.processStartedAtMs;
  const bootedAtMs = Date.now() - uptime() * 1_000;
  if (owner.processStartedAtMs < bootedAtMs - CLOCK_SLACK_MS) return false;
  try {
    process.kill(owner.processId, 0);
    return true;
  } catch (error) {
    // Another user's process: there, but not ours to signal.
    return systemCode(error) === 'EPERM';
  }
}
