import { interpolateCividis } from "d3-scale-chromatic";
import { greatestOf, type HeadPicture } from "../../models/head-picture.ts";

const LEVELS = 256;

/** Cividis in steps, `[256, 3]`: dark for 0, light for 1, told apart with any colour vision. */
let levels: Uint8ClampedArray | undefined;

function readLevels(): Uint8ClampedArray {
  const read = new Uint8ClampedArray(LEVELS * 3);
  for (let level = 0; level < LEVELS; level++) {
    const channels = interpolateCividis(level / (LEVELS - 1)).match(/\d+/g) ?? [];
    read.set(channels.map(Number), level * 3);
  }
  return read;
}

/** Returns weights as an image, a pixel a cell, of which the greatest weight is lightest. Hidden cells are transparent. */
export function heatOf(picture: HeadPicture): ImageData {
  levels ??= readLevels();
  const { queries, keys, weights, visible } = picture;
  const image = new ImageData(keys, queries);
  const scale = (LEVELS - 1) / greatestOf(picture);
  for (let at = 0; at < weights.length; at++) {
    if (visible[at] === 0) continue;
    const level = 3 * Math.round((weights[at] as number) * scale);
    for (let channel = 0; channel < 3; channel++) image.data[4 * at + channel] = levels[level + channel] as number;
    image.data[4 * at + 3] = 255;
  }
  return image;
}
