import { AppError } from '../base/errors.ts';

/** Made for terminals, and what the systems bring, best first; the same as in an SVG. */
const PREFERRED = [
  ...['Cascadia Code', 'JetBrains Mono', 'Menlo', 'Consolas', 'SF Mono', 'DejaVu Sans Mono'],
  ...['Liberation Mono', 'Noto Sans Mono', 'Ubuntu Mono', 'Courier New'],
];
/** Families that name themselves so are asked whether they are; others would be found one by one. */
const LIKELY = /mono|code|consol|courier|fixed|terminal|term\b/i;

/**
 * A family whose characters are all equally wide. Throws `not-found` where none is installed: in any other font columns
 * would not stand below each other.
 */
export function chooseTerminalFont(
  families: readonly string[],
  isMonospace: (family: string) => boolean,
): string {
  const likely = families.filter((family) => LIKELY.test(family) && !PREFERRED.includes(family));
  const found = [...PREFERRED.filter((family) => families.includes(family)), ...likely.toSorted()].find(
    isMonospace,
  );
  if (found !== undefined) return found;
  throw new AppError('not-found', 'no monospace font is installed to draw a terminal with', {
    hint: 'Install one, such as DejaVu Sans Mono: the package is fonts-dejavu-core on Debian and Ubuntu, dejavu-sans-mono-fonts on Fedora, font-dejavu on Alpine.',
  });
}
