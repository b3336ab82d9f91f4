/** Draws hatching over a rectangle in the context's stroke colour: the rectangle is not in play. */
export function hatch(
  context: CanvasRenderingContext2D,
  { x, y, w, h }: Record<"x" | "y" | "w" | "h", number>,
  gap = 10,
): void {
  context.save();
  context.beginPath();
  context.rect(x, y, w, h);
  context.clip();
  context.lineWidth = 0.5;
  context.beginPath();
  for (let at = -h; at < w; at += gap) {
    context.moveTo(x + at, y + h);
    context.lineTo(x + at + h, y);
  }
  context.stroke();
  context.restore();
}
