/** Milliseconds of a frame in which drawings are made. */
const BUDGET_MS = 8;

const waiting = new Set<() => void>();

/** Makes a drawing soon, as many a frame as leave the page alive. Returns a function that takes the drawing back. */
export function inTurns(draw: () => void): () => void {
  if (waiting.size === 0) requestAnimationFrame(drawSome);
  waiting.add(draw);
  return () => waiting.delete(draw);
}

function drawSome(): void {
  const end = performance.now() + BUDGET_MS;
  for (const draw of waiting) {
    waiting.delete(draw);
    draw();
    if (performance.now() > end) break;
  }
  if (waiting.size > 0) requestAnimationFrame(drawSome);
}
