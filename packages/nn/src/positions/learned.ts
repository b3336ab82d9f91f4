import { embedding, type ParameterTree, type Tensor2D, tf } from "@trivium/tensor";
import { type EmbedPositionsRequest, type PositionScheme, placeOf } from "./position-scheme.ts";

/** Options of learned positions. */
export interface LearnedOptions {
  /** Rows of the table before that of position 0: 2 in BART's and OPT's checkpoints. Default 0. */
  readonly offset?: number | undefined;
  /** Whether positions start again behind the prefix or the source, with embeddings of their own. Default false. */
  readonly restart?: boolean | undefined;
}

/**
 * Learned positions: a table `positions.weight [places, M]`, whose rows are added to the embeddings.
 *
 * @source Gehring et al. 2017, §3.1, https://arxiv.org/abs/1705.03122; the offset: Lewis et al. 2020, the released code
 */
export function learned({ offset = 0, restart = false }: LearnedOptions = {}): PositionScheme {
  return {
    kind: "learned",
    specs({ length, width, restarts, deviation }) {
      // Positions that start again in the same stack have a second table behind the first.
      const places = offset + length * (restart && restarts ? 2 : 1);
      return { positions: { weight: { shape: [places, width], initial: { deviation: deviation("positions") } } } };
    },
    embed(request) {
      const table = (request.parameters.positions as ParameterTree).weight as Tensor2D;
      const places = restart
        ? restarted(request, table.shape[0] - offset)
        : request.positions.map((row) => row.map(placeOf));
      const rows = offset === 0 ? places : places.map((row) => row.map((place) => place + offset));
      return embedding(table, tf.tensor2d(rows, undefined, "int32"));
    },
  };
}

/**
 * Behind the prefix the count starts again: in the second half of the table, or in the first of one that has no other
 * because the prefix is in another stack.
 */
function restarted({ positions, rows, sizes, prefixAt }: EmbedPositionsRequest, places: number): number[][] {
  const restart = places - sizes.length;
  return Array.from({ length: rows }, (_, row) => {
    const own = positions[positions.length === 1 ? 0 : row] as readonly number[];
    return own.map((position, slot) => {
      const prefix = prefixAt(row, slot);
      return prefix > 0 && position >= prefix ? restart + position - prefix : placeOf(position);
    });
  });
}
