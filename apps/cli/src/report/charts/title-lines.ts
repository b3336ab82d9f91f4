/** Pixels that Vega sets aside for a character of a title, as it cannot measure one here. */
const characterWidth = 13 * 0.8;

/** The title of an axis of that many pixels in lines that fit along it: a longer line would make the picture grow. */
export function titleLines(title: string, pixels: number): string[] {
  const most = Math.floor(pixels / characterWidth);
  const lines: string[] = [];
  for (const word of title.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
