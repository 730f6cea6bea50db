import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { AppError } from '../base/errors.ts';
import { openRecorder, type RecorderPlace, type RunningRecorder } from '../compose-recorder.ts';
import { isLoopback } from '../recorder-server/door.ts';
import type { CommandIo } from './io.ts';
import { parsePort } from './options.ts';
import { parseBytes } from './quantities.ts';
import { runAlone } from './run.ts';

interface RecorderFlags {
  readonly listen: ListenAddress;
  readonly dir?: string;
  readonly s3?: S3Address;
  readonly s3Endpoint?: string;
  readonly s3Region?: string;
  readonly s3PathStyle?: boolean;
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

interface S3Address {
  readonly bucket: string;
  readonly prefix: string;
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
    .option('--dir <folder>', 'keep recordings and events in this folder')
    .option(
      '--s3 <bucket[/prefix]>',
      "or in this S3 bucket; credentials as Amazon's tools find them",
      parseS3,
    )
    .option('--s3-endpoint <url>', "of a store that speaks S3 and is not Amazon's")
    .option('--s3-region <region>', "the bucket's region")
    .option('--s3-path-style', 'name the bucket in the path: ENDPOINT/BUCKET/KEY')
    .addOption(
      new Option('--keep-free <size>', "leave so much of the folder's disk free")
        .argParser(parseBytes)
        .default(DEFAULT_FLOOR_BYTES, '512MiB'),
    )
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
    place: choosePlace(flags),
    recordingBytes: flags.maxRecording,
    tokenFile: flags.tokenFile,
    certificateFile: flags.tlsCert,
    keyFile: flags.tlsKey,
    clientAuthorityFile: flags.clientCa,
  });
}

function choosePlace(flags: RecorderFlags): RecorderPlace {
  const { dir, s3 } = flags;
  if ((dir === undefined) === (s3 === undefined)) {
    throw new AppError('bad-input', 'a recorder keeps recordings in one place', {
      hint: 'Give either --dir FOLDER or --s3 BUCKET.',
    });
  }
  if (dir !== undefined) return { kind: 'folder', folder: resolve(dir), floorBytes: flags.keepFree };
  return {
    kind: 'bucket',
    bucket: s3?.bucket ?? '',
    prefix: s3?.prefix ?? '',
    endpoint: flags.s3Endpoint,
    region: flags.s3Region,
    hasPathStyle: flags.s3PathStyle,
  };
}

async function announce(running: RunningRecorder, flags: RecorderFlags, io: CommandIo): Promise<void> {
  const { url, place, mended } = running;
  if (mended > 0) {
    await io.writeError(
      mended === 1
        ? 'One recording that was left unfinished is kept as partial.\n'
        : `${mended} recordings that were left unfinished are kept as partial.\n`,
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

/** `recordings`, `recordings/team/a`, `s3://recordings/team`. */
export function parseS3(text: string): S3Address {
  const match = /^(?:s3:\/\/)?([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[\w.-]+)*)\/?$/.exec(text);
  if (!match?.[1]) throw new InvalidArgumentError('Expected BUCKET or BUCKET/PREFIX.');
  return { bucket: match[1], prefix: (match[2] ?? '').slice(1) };
}

/** `127.0.0.1:8080`, `[::1]:8080`. */
export function parseListen(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) throw new InvalidArgumentError('Expected ADDRESS:PORT, such as 127.0.0.1:8080.');
  return { host, port: parsePort(match?.[3] ?? '') };
}
