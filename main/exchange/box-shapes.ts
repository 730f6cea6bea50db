/**
 * Characters that must join with their neighbours without a seam, which no font's glyphs do in cells of whole pixels:
 * box drawing, block elements, Braille patterns and the triangles of prompts (Unicode 15, U+2500 to U+259F, U+2800 to
 * U+28FF; U+E0B0 and U+E0B2 as Powerline uses them).
 */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What of a canvas they are drawn with; its fill and stroke styles are set. */
export interface ShapePen {
  globalAlpha: number;
  lineWidth: number;
  fillRect(x: number, y: number, width: number, height: number): void;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  quadraticCurveTo(cpx: number, cpy: number, x: number, y: number): void;
  arc(x: number, y: number, radius: number, startAngle: number, endAngle: number): void;
  fill(): void;
  stroke(): void;
}

/** Draws the character, if it is one of them; else nothing, and false. `line` is the width of a light line. */
export function drawShape(pen: ShapePen, character: string, box: Box, line: number): boolean {
  const code = character.codePointAt(0) ?? 0;
  if (character.length !== 1) return false;
  if (code >= 0x2500 && code <= 0x257f) drawLines(pen, code, box, line);
  else if (code >= 0x2580 && code <= 0x259f) drawBlock(pen, code, box);
  else if (code >= 0x2800 && code <= 0x28ff) drawBraille(pen, code & 0xff, box);
  else if (code === 0xe0b0 || code === 0xe0b2) drawTriangle(pen, code === 0xe0b0, box);
  else return false;
  return true;
}

/**
 * Arms up, right, down and left of U+2500 to U+257F: 0 none, 1 light, 2 heavy, 3 double. Dashed lines are as solid ones
 * here, arcs as corners; diagonals have none.
 */
const ARMS = [
  ...['0101', '0202', '1010', '2020', '0101', '0202', '1010', '2020', '0101', '0202', '1010', '2020'],
  ...['0110', '0210', '0120', '0220', '0011', '0012', '0021', '0022', '1100', '1200', '2100', '2200'],
  ...['1001', '1002', '2001', '2002', '1110', '1210', '2110', '1120', '2120', '2210', '1220', '2220'],
  ...['1011', '1012', '2011', '1021', '2021', '2012', '1022', '2022', '0111', '0112', '0211', '0212'],
  ...['0121', '0122', '0221', '0222', '1101', '1102', '1201', '1202', '2101', '2102', '2201', '2202'],
  ...['1111', '1112', '1211', '1212', '2111', '1121', '2121', '2112', '2211', '1122', '1221', '2212'],
  ...['1222', '2122', '2221', '2222', '0101', '0202', '1010', '2020', '0303', '3030', '0310', '0130'],
  ...['0330', '0013', '0031', '0033', '1300', '3100', '3300', '1003', '3001', '3003', '1310', '3130'],
  ...['3330', '1013', '3031', '3033', '0313', '0131', '0333', '1303', '3101', '3303', '1313', '3131'],
  ...['3333', '0110', '0011', '1001', '1100', '0000', '0000', '0000', '0001', '1000', '0100', '0010'],
  ...['0002', '2000', '0200', '0020', '0201', '1020', '0102', '2010'],
];
const NONE = 0;
const LIGHT = 1;
const DOUBLE = 3;
/** Dashes a cell. */
const DASHES: readonly (readonly [first: number, last: number, dashes: number])[] = [
  [0x2504, 0x2507, 3],
  [0x2508, 0x250b, 4],
  [0x254c, 0x254f, 2],
];
const FIRST_ARC = 0x256d;
/** A part of the way to the nearer edge. */
const ARC_RADIUS = 0.8;
const RISING = 0x2571;
const FALLING = 0x2572;
const CROSSED = 0x2573;

function drawLines(pen: ShapePen, code: number, box: Box, line: number): void {
  const arms = Array.from(ARMS[code - 0x2500] ?? '', Number);
  const dashes = DASHES.find(([first, last]) => code >= first && code <= last)?.[2] ?? 0;
  if (code >= RISING && code <= CROSSED) drawDiagonals(pen, code, box, line);
  else if (code >= FIRST_ARC && code < RISING) drawArc(pen, arms, box, line);
  else if (dashes > 0) drawDashes(pen, arms, dashes, box, line);
  else for (const side of SIDES) drawArm(pen, arms, side, box, line);
}

/** In the order of `ARMS`: each is across from the one two further, and between the others. */
const SIDES = [0, 1, 2, 3] as const;
type Side = (typeof SIDES)[number];

/**
 * From the middle to one edge. A heavy or double arm is three light lines wide, a double one without its middle. Where
 * an arm begins is counted in light lines outwards from the far edge of the light line that would cross it: so far, and
 * corners are closed, crossings open.
 */
function drawArm(pen: ShapePen, arms: readonly number[], side: Side, box: Box, line: number): void {
  const weight = arms[side] ?? NONE;
  const [opposite = NONE, before = NONE, after = NONE] = [
    arms[(side + 2) % 4],
    arms[(side + 3) % 4],
    arms[(side + 1) % 4],
  ];
  if (weight === NONE) return;
  if (weight === DOUBLE) {
    // Each of its lines turns where the arm on its own side begins, else runs around the one on the other.
    const [first, second] = side < 2 ? [before, after] : [after, before];
    fillArm(pen, side, turnOf(first, second), [-1, 1], box, line);
    fillArm(pen, side, turnOf(second, first), [1, 1], box, line);
    return;
  }
  const crossing = Math.max(before, after);
  const stopsShort = before === DOUBLE && after === DOUBLE && opposite === NONE;
  const passes = crossing === DOUBLE && opposite !== NONE;
  const start = stopsShort ? 1 : passes || crossing <= LIGHT ? 0 : -1;
  fillArm(pen, side, start, weight === LIGHT ? [0, 1] : [-1, 3], box, line);
}

function turnOf(near: number, far: number): number {
  if (near === DOUBLE) return 1;
  return far === DOUBLE ? -1 : 0;
}

/** `band` is where it lies beside the middle, and how wide it is, in light lines. */
function fillArm(
  pen: ShapePen,
  side: Side,
  start: number,
  [offset, width]: readonly [offset: number, width: number],
  box: Box,
  line: number,
): void {
  const { x, y } = middleOf(box, line);
  if (side === 0) pen.fillRect(x + offset * line, box.y, width * line, y + (1 - start) * line - box.y);
  else if (side === 3) pen.fillRect(box.x, y + offset * line, x + (1 - start) * line - box.x, width * line);
  else if (side === 1) {
    const left = x + start * line;
    pen.fillRect(left, y + offset * line, box.x + box.width - left, width * line);
  } else {
    const top = y + start * line;
    pen.fillRect(x + offset * line, top, width * line, box.y + box.height - top);
  }
}

/** Top left of the square that light lines cross in: whole pixels, the same in every cell. */
function middleOf({ x, y, width, height }: Box, line: number): { readonly x: number; readonly y: number } {
  return { x: x + Math.floor((width - line) / 2), y: y + Math.floor((height - line) / 2) };
}

function drawDashes(pen: ShapePen, arms: readonly number[], dashes: number, box: Box, line: number): void {
  const { x, y } = middleOf(box, line);
  const isUpright = arms[0] !== NONE;
  const isHeavy = (isUpright ? arms[0] : arms[1]) !== LIGHT;
  const [offset, width] = isHeavy ? [-line, 3 * line] : [0, line];
  const step = (isUpright ? box.height : box.width) / dashes;
  for (let index = 0; index < dashes; index += 1) {
    const start = (index + 0.2) * step;
    if (isUpright) pen.fillRect(x + offset, box.y + start, width, step * 0.6);
    else pen.fillRect(box.x + start, y + offset, step * 0.6, width);
  }
}

function drawArc(
  pen: ShapePen,
  [up = 0, right = 0]: readonly number[],
  { x, y, width, height }: Box,
  line: number,
): void {
  const middle = middleOf({ x, y, width, height }, line);
  const [centreX, centreY] = [middle.x + line / 2, middle.y + line / 2];
  pen.lineWidth = line;
  pen.beginPath();
  // Straight where it meets the next cell.
  const radius = (Math.min(width, height) / 2) * ARC_RADIUS;
  pen.moveTo(centreX, up ? y : y + height);
  pen.lineTo(centreX, centreY + (up ? -radius : radius));
  pen.quadraticCurveTo(centreX, centreY, centreX + (right ? radius : -radius), centreY);
  pen.lineTo(right ? x + width : x, centreY);
  pen.stroke();
}

function drawDiagonals(pen: ShapePen, code: number, { x, y, width, height }: Box, line: number): void {
  pen.lineWidth = line;
  pen.beginPath();
  if (code !== FALLING) {
    pen.moveTo(x, y + height);
    pen.lineTo(x + width, y);
  }
  if (code !== RISING) {
    pen.moveTo(x, y);
    pen.lineTo(x + width, y + height);
  }
  pen.stroke();
}

/** Quarters of U+2596 to U+259F: top left, top right, bottom left, bottom right. */
const QUARTERS = ['0010', '0001', '1000', '1011', '1001', '1110', '1101', '0100', '0110', '0111'];
const FULL = 0x2588;
const RIGHT_HALF = 0x2590;
const FIRST_SHADE = 0x2591;
const UPPER_EIGHTH = 0x2594;
const RIGHT_EIGHTH = 0x2595;
const FIRST_QUARTERS = 0x2596;

function drawBlock(pen: ShapePen, code: number, { x, y, width, height }: Box): void {
  /** Parts of the box, from 0 to 1; edges on whole pixels, so that neighbours meet. */
  function fill(left: number, top: number, right: number, bottom: number): void {
    const [x1, x2] = [Math.round(left * width), Math.round(right * width)];
    const [y1, y2] = [Math.round(top * height), Math.round(bottom * height)];
    pen.fillRect(x + x1, y + y1, x2 - x1, y2 - y1);
  }

  if (code >= FIRST_QUARTERS) {
    const quarters = QUARTERS[code - FIRST_QUARTERS] ?? '';
    for (const [index, isFilled] of Array.from(quarters).entries()) {
      const [left, top] = [(index % 2) / 2, Math.floor(index / 2) / 2];
      if (isFilled === '1') fill(left, top, left + 0.5, top + 0.5);
    }
  } else if (code === 0x2580) fill(0, 0, 1, 0.5);
  else if (code <= FULL) fill(0, 1 - (code - 0x2580) / 8, 1, 1);
  else if (code < RIGHT_HALF) fill(0, 0, (RIGHT_HALF - code) / 8, 1);
  else if (code === RIGHT_HALF) fill(0.5, 0, 1, 1);
  else if (code === UPPER_EIGHTH) fill(0, 0, 1, 1 / 8);
  else if (code === RIGHT_EIGHTH) fill(7 / 8, 0, 1, 1);
  else {
    const alpha = pen.globalAlpha;
    pen.globalAlpha = alpha * ((code - FIRST_SHADE + 1) / 4);
    fill(0, 0, 1, 1);
    pen.globalAlpha = alpha;
  }
}

/** Where the dot of each bit stands: column and row (Unicode, chapter 21, Braille). */
const DOTS = [
  [0, 0],
  [0, 1],
  [0, 2],
  [1, 0],
  [1, 1],
  [1, 2],
  [0, 3],
  [1, 3],
] as const;

function drawBraille(pen: ShapePen, bits: number, { x, y, width, height }: Box): void {
  const radius = Math.min(width / 2, height / 4) * 0.32;
  for (const [bit, [column, row]] of DOTS.entries()) {
    if (((bits >> bit) & 1) === 0) continue;
    pen.beginPath();
    pen.arc(x + ((column + 0.5) * width) / 2, y + ((row + 0.5) * height) / 4, radius, 0, 2 * Math.PI);
    pen.fill();
  }
}

function drawTriangle(pen: ShapePen, isRight: boolean, { x, y, width, height }: Box): void {
  const [base, tip] = isRight ? [x, x + width] : [x + width, x];
  pen.beginPath();
  pen.moveTo(base, y);
  pen.lineTo(tip, y + height / 2);
  pen.lineTo(base, y + height);
  pen.fill();
}
