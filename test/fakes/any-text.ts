import fc from 'fast-check';

/** Surrogates stand for no character of their own. */
const FIRST_SURROGATE = 0xd800;
const SURROGATES = 0x800;

/** Any character of Unicode, as the unit of a text. fast-check's own `binary` is the same and takes a second to be made. */
export const anyCharacter: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 0x10ffff - SURROGATES })
  .map((number) => String.fromCodePoint(number < FIRST_SURROGATE ? number : number + SURROGATES));
