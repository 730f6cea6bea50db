import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { openRecorder, type RunningRecorder } from '../compose-recorder.ts';
import { isLoopback } from '../recorder-server/door.ts';
import type { CommandIo } from './io.ts';
import { parsePort } from './options.ts';
import { parseBytes } from './quantities.ts';
import { runAlone } from './run.ts';

interface RecorderFlags {
  readonly listen: ListenAddress;
  readonly dir: string;
  readonly keepFree: number;
  readonly maxRecording?: number;
  readonly tokenFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly clientCa?: string;
}

interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** The system's own need is of about that order. */
const DEFAULT_FLOOR_BYTES = 512 * 1024 * 1024;

export function addRecorderCommand(program: Command, io: CommandIo): void {
  program
    .command('recorder')
    .description('run a recorder: it takes recordings from Kubereel and from clients of tsrecorder')
    .requiredOption(
      '--listen <address>',
      'as 127.0.0.1:8080 or [::1]:8080; port 0 takes a free one',
      parseListen,
    )
    .requiredOption('--dir <folder>', 'keep recordings and events in this folder')
    .option('--keep-free <size>', "leave so much of the folder's disk free", parseBytes, DEFAULT_FLOOR_BYTES)
    .option('--max-recording <size>', 'take no longer recordings', parseBytes)
    .option('--token-file <file>', 'clients send the token in this file')
    .option('--tls-cert <file>', 'PEM: serve TLS, with this certificate and those above it')
    .option('--tls-key <file>', "PEM: the certificate's key")
    .option('--client-ca <file>', 'PEM: clients show a certificate that one of these has signed')
    .action((flags: RecorderFlags) => {
      let running: RunningRecorder | undefined;
      return runAlone(
        io,
        async ({ signal }) => {
          running = await open(flags);
          await announce(running, flags, io);
          await untilAborted(signal);
          return 0;
        },
        () => running?.life.end(),
      );
    });
}

function open(flags: RecorderFlags): Promise<RunningRecorder> {
  return openRecorder({
    ...flags.listen,
    folder: resolve(flags.dir),
    floorBytes: flags.keepFree,
    recordingBytes: flags.maxRecording,
    tokenFile: flags.tokenFile,
    certificateFile: flags.tlsCert,
    keyFile: flags.tlsKey,
    clientAuthorityFile: flags.clientCa,
  });
}

async function announce(running: RunningRecorder, flags: RecorderFlags, io: CommandIo): Promise<void> {
  const { url, place, mended } = running;
  if (mended > 0) {
    await io.writeError(
      `${mended} ${mended === 1 ? 'recording' : 'recordings'} that a recorder before this one left unfinished are kept as partial.\n`,
    );
  }
  if (flags.tokenFile !== undefined && flags.tlsCert === undefined && !isLocal(url)) {
    await io.writeError(
      'The token goes over the network in the clear: give --tls-cert and --tls-key, or keep that network closed.\n',
    );
  }
  await io.write(`The recorder is at ${url} and keeps recordings in ${place}\n`);
}

function isLocal(url: string): boolean {
  return isLoopback(new URL(url).hostname);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** `127.0.0.1:8080`, `[::1]:8080`. */
export function parseListen(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) throw new InvalidArgumentError('Expected ADDRESS:PORT, such as 127.0.0.1:8080.');
  return { host, port: parsePort(match?.[3] ?? '') };
}
