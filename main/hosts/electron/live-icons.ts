import { type NativeImage, nativeImage } from 'electron';
import type { LiveSign } from './live-signs.ts';

type IconName = LiveSign | `dot ${LiveSign}` | 'template';

/** PNGs in base64 of 32 pixels, put in by the build (build/tray-icons.ts). */
declare const TRAY_ICONS: Readonly<Record<IconName, string>>;

/** For 16 points: sharp on fine displays too. */
export function liveIcon(name: IconName): NativeImage {
  const image = nativeImage.createFromBuffer(Buffer.from(TRAY_ICONS[name], 'base64'), { scaleFactor: 2 });
  if (name === 'template') image.setTemplateImage(true);
  return image;
}
