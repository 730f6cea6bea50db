import { type AppError, toAppError } from '../../base/errors.ts';
import type { Tap, TapEvent } from './tap.ts';

/** One direction of a protocol. */
export interface SideReader<Piece, Standing> {
  /** Throws `protocol-error`; after that it is of no use. */
  read(bytes: Uint8Array): Generator<Piece>;
  /** As `Tap.gap`, of the bytes read last. */
  readonly gap: number | undefined;
  standing(): Standing;
}

export interface TwoSides<Piece, Standing> {
  readonly server: SideReader<Piece, Standing>;
  readonly client: Pick<SideReader<Piece, unknown>, 'read'>;
  /** Both add what a piece tells to the events, and throw `protocol-error`. */
  readonly readServerPiece: (piece: Piece, events: TapEvent[]) => void;
  readonly readClientPiece: (piece: Piece, events: TapEvent[]) => void;
}

export interface TapReading<Standing> extends Pick<Tap, 'fromServer' | 'fromClient' | 'problem' | 'gap'> {
  /** Where the client stands behind, or before, the server's bytes given last. Undefined where nobody knows. */
  standing(isLastPassed: boolean): Standing | undefined;
}

/** What all taps have in common: both directions, read until one of them cannot be. */
export function createTapReading<Piece, Standing>(sides: TwoSides<Piece, Standing>): TapReading<Standing> {
  const { server, client, readServerPiece, readClientPiece } = sides;
  let problem: AppError | undefined;
  let gap: number | undefined;
  let before: Standing | undefined;
  let behind: Standing | undefined = server.standing();

  function read(
    pieces: Generator<Piece>,
    readPiece: (piece: Piece, events: TapEvent[]) => void,
  ): readonly TapEvent[] {
    const events: TapEvent[] = [];
    try {
      for (const piece of pieces) readPiece(piece, events);
    } catch (thrown) {
      problem = toAppError(thrown);
    }
    return events;
  }

  return {
    fromServer(bytes) {
      before = behind;
      behind = undefined;
      gap = undefined;
      if (problem !== undefined) return [];
      const events = read(server.read(bytes), readServerPiece);
      gap = server.gap;
      if (problem === undefined) behind = server.standing();
      return events;
    },
    fromClient: (bytes) => (problem === undefined ? read(client.read(bytes), readClientPiece) : []),
    get problem() {
      return problem;
    },
    get gap() {
      return gap;
    },
    standing: (isLastPassed) => (isLastPassed ? behind : before),
  };
}
