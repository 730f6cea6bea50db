/** How an animation is made of a recording: fields of the export's form. */
import type { JSX } from 'preact';
import type { GifOptions } from '../../preload/contract.ts';
import { Icon } from '../ui/icon.tsx';

export const GIF_DEFAULTS: GifOptions = { speed: 1, idleLimitSeconds: 2, fontSize: 16 };

type Choice = readonly [value: number, label: string];

const SPEEDS: readonly Choice[] = [
  [0.5, 'Half as fast'],
  [1, 'As it was'],
  [2, 'Twice as fast'],
  [4, '4 times as fast'],
  [8, '8 times as fast'],
];
/** The last is the longest that an animation can say. */
const PAUSES: readonly Choice[] = [
  [0.5, 'At most half a second'],
  [1, 'At most 1 second'],
  [2, 'At most 2 seconds'],
  [5, 'At most 5 seconds'],
  [60, 'At most a minute'],
];
const FONT_SIZES: readonly Choice[] = [
  [12, 'Small, 12 pixels'],
  [16, 'Medium, 16 pixels'],
  [20, 'Large, 20 pixels'],
  [28, 'Very large, 28 pixels'],
];

export interface GifFieldsProps {
  readonly options: GifOptions;
  readonly onChange: (options: GifOptions) => void;
}

export function GifFields({ options, onChange }: GifFieldsProps): JSX.Element {
  const { speed, idleLimitSeconds, fontSize } = options;
  return (
    <>
      <ChoiceField
        name="Speed"
        choices={SPEEDS}
        value={speed}
        onChange={(value) => onChange({ ...options, speed: value })}
      />
      <ChoiceField
        name="Pauses"
        choices={PAUSES}
        value={idleLimitSeconds}
        onChange={(value) => onChange({ ...options, idleLimitSeconds: value })}
      />
      <ChoiceField
        name="Text size"
        choices={FONT_SIZES}
        value={fontSize}
        onChange={(value) => onChange({ ...options, fontSize: value })}
      />
    </>
  );
}

interface ChoiceFieldProps {
  readonly name: string;
  readonly choices: readonly Choice[];
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function ChoiceField({ name, choices, value, onChange }: ChoiceFieldProps): JSX.Element {
  const id = `export-${name.replace(' ', '-')}`;
  return (
    <>
      <label for={id}>{name}</label>
      <div class="field select-field">
        <select id={id} value={value} onChange={(event) => onChange(Number(event.currentTarget.value))}>
          {choices.map(([choice, label]) => (
            <option key={choice} value={choice}>
              {label}
            </option>
          ))}
        </select>
        <Icon name="down" />
      </div>
    </>
  );
}
