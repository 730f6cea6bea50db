/** Where something stands in a text; both from 1. */
export interface YamlPosition {
  readonly line: number;
  readonly column: number;
}

/** Why a text is not YAML as kubectl reads it. Never quotes a value: it may be a token. */
export class YamlMistake extends Error {
  override readonly name = 'YamlMistake';
  readonly position: YamlPosition | undefined;

  constructor(message: string, position?: YamlPosition) {
    super(message);
    this.position = position;
  }
}
