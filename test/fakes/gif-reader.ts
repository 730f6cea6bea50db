import type { Page } from 'playwright-core';

export interface ReadGif {
  readonly width: number;
  readonly height: number;
  /** 0 is for ever, as a browser counts it: `Infinity`. */
  readonly repetitions: number;
  readonly delaysMs: readonly number[];
  /** Each picture as it is shown, laid over those before. */
  readonly pictures: readonly ReadPicture[];
}

/** RGBA of a whole picture. */
export interface ReadPicture {
  readonly pixels: Uint8Array;
  /** `#rrggbb` */
  at(x: number, y: number): string;
}

/** Has a browser decode a GIF, which has no code in common with what wrote it. */
export async function readGif(page: Page, file: Uint8Array): Promise<ReadGif> {
  // Decoders are for secure pages alone.
  await page.route('http://localhost/gif', (route) => route.fulfill({ body: '', contentType: 'text/html' }));
  await page.goto('http://localhost/gif');
  const read = await page.evaluate(decode, Buffer.from(file).toString('base64'));
  const pictures = read.pictures.map((text) => toPicture(Buffer.from(text, 'base64'), read.width));
  return { ...read, pictures };
}

function toPicture(pixels: Uint8Array, width: number): ReadPicture {
  return {
    pixels,
    at(x, y) {
      const offset = (y * width + x) * 4;
      return `#${Buffer.from(pixels.subarray(offset, offset + 3)).toString('hex')}`;
    },
  };
}

/** Runs in the page. */
async function decode(text: string): Promise<Omit<ReadGif, 'pictures'> & { readonly pictures: string[] }> {
  const data = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const decoder = new ImageDecoder({ data, type: 'image/gif' });
  await Promise.all([decoder.completed, decoder.tracks.ready]);
  const track = decoder.tracks.selectedTrack;
  if (!track) throw new Error('there is no picture in it');
  let [width, height] = [0, 0];
  const delaysMs: number[] = [];
  const pictures: string[] = [];
  for (let index = 0; index < track.frameCount; index += 1) {
    const { image } = await decoder.decode({ frameIndex: index });
    ({ displayWidth: width, displayHeight: height } = image);
    delaysMs.push((image.duration ?? 0) / 1_000);
    const context = new OffscreenCanvas(width, height).getContext('2d');
    if (!context) throw new Error('there is no canvas');
    context.drawImage(image, 0, 0);
    const { data: pixels } = context.getImageData(0, 0, width, height);
    let binary = '';
    for (let start = 0; start < pixels.length; start += 32_768) {
      binary += String.fromCharCode(...pixels.subarray(start, start + 32_768));
    }
    pictures.push(btoa(binary));
    image.close();
  }
  return { width, height, repetitions: track.repetitionCount, delaysMs, pictures };
}
