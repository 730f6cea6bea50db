import * as v from 'valibot';

/** Where a window stands and how, in the system's pixels. */
export interface WindowState {
  /** While it is neither maximised nor full screen. */
  readonly bounds: Bounds;
  readonly mode: 'normal' | 'maximised' | 'full screen';
}

export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const MIN_SIZE = { width: 480, height: 320 } as const;
const USUAL_SIZE = { width: 1280, height: 800 } as const;
/** Far enough for the title of the window beneath to be seen and reached. */
const CASCADE_STEP = 28;
/** No screens together are larger, and a file may say anything. */
const MOST_PIXELS = 1_000_000;

const pixels = v.pipe(v.number(), v.integer(), v.minValue(-MOST_PIXELS), v.maxValue(MOST_PIXELS));
const length = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_PIXELS));
const schema = v.object({
  bounds: v.object({ x: pixels, y: pixels, width: length, height: length }),
  mode: v.picklist(['normal', 'maximised', 'full screen']),
});

/** Undefined for what is no such text. */
export function parseWindowState(text: string): WindowState | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}

/**
 * Where a window opens: as it was, on the nearest of the displays that are there now and all of it within; a step
 * beside each other window that stands in the same place. `workAreas` has the primary display's first.
 */
export function placeWindow(
  saved: WindowState | undefined,
  workAreas: readonly [Bounds, ...Bounds[]],
  others: readonly Bounds[],
): WindowState {
  if (!saved) {
    const bounds = avoid(centre(USUAL_SIZE, workAreas[0]), workAreas[0], others);
    return { bounds, mode: 'normal' };
  }
  const area = nearest(saved.bounds, workAreas);
  const bounds = avoid(within(saved.bounds, area), area, others);
  // Beside another window nobody wants a second one over all of the screen.
  return { bounds, mode: others.length === 0 ? saved.mode : 'normal' };
}

function centre({ width, height }: typeof USUAL_SIZE, area: Bounds): Bounds {
  const x = area.x + Math.floor((area.width - width) / 2);
  const y = area.y + Math.floor((area.height - height) / 2);
  return within({ x, y, width, height }, area);
}

/** On a display that is smaller than the smallest window it is as large as that. */
function within({ x, y, width, height }: Bounds, area: Bounds): Bounds {
  const wide = Math.min(Math.max(width, MIN_SIZE.width), area.width);
  const high = Math.min(Math.max(height, MIN_SIZE.height), area.height);
  return {
    x: clamp(x, area.x, area.x + area.width - wide),
    y: clamp(y, area.y, area.y + area.height - high),
    width: wide,
    height: high,
  };
}

function avoid(bounds: Bounds, area: Bounds, others: readonly Bounds[]): Bounds {
  const taken = new Set(others.map(cornerOf));
  let place = bounds;
  // One place more than there are windows is free, unless the display has no room for a step.
  for (let step = 0; step <= others.length && taken.has(cornerOf(place)); step += 1) {
    const next = within({ ...place, x: place.x + CASCADE_STEP, y: place.y + CASCADE_STEP }, area);
    // At the corner of the display it begins anew at the other.
    place = cornerOf(next) === cornerOf(place) ? within({ ...place, x: area.x, y: area.y }, area) : next;
  }
  return place;
}

function cornerOf({ x, y }: Bounds): string {
  return `${x} ${y}`;
}

/** The display that shows most of it; where none does, the one whose middle is nearest. */
function nearest(bounds: Bounds, areas: readonly [Bounds, ...Bounds[]]): Bounds {
  const [first] = areas;
  const most = areas.reduce(
    (best, area) => (shared(bounds, area) > shared(bounds, best) ? area : best),
    first,
  );
  if (shared(bounds, most) > 0) return most;
  return areas.reduce((best, area) => (distance(bounds, area) < distance(bounds, best) ? area : best), first);
}

function shared(one: Bounds, other: Bounds): number {
  const wide = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const high = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return Math.max(0, wide) * Math.max(0, high);
}

function distance(one: Bounds, other: Bounds): number {
  const dx = one.x + one.width / 2 - (other.x + other.width / 2);
  const dy = one.y + one.height / 2 - (other.y + other.height / 2);
  return Math.hypot(dx, dy);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
