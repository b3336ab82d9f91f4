/** Where the gradient of the bias goes. */
import { DENSE_BIAS, Problem } from "./problem";

/** The bias's gradient of a head: of all rows if it is dense, of one part if it is by distance. */
@inline
export function biasGradientOf(p: Problem, batch: u32, head: u32, part: u32): usize {
  const matrix = (batch * p.heads + head) as usize;
  if (p.biasKind == DENSE_BIAS) return p.dBias + 4 * matrix * p.queries * p.keys;
  return p.dBias + 4 * ((batch * p.parts + part) * p.heads + head) * p.distances;
}

export function clearBiasGradient(p: Problem, batch: u32, head: u32, part: u32): void {
  const to = biasGradientOf(p, batch, head, part);
  if (p.biasKind != DENSE_BIAS) {
    memory.fill(to, 0, 4 * p.distances);
    return;
  }
  for (let first = part * p.blockQueries; first < p.queries; first += p.parts * p.blockQueries) {
    const rows = min(p.blockQueries, p.queries - first);
    memory.fill(to + 4 * (first as usize) * p.keys, 0, 4 * (rows as usize) * p.keys);
  }
}
