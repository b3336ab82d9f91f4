import { alibi } from "./alibi.ts";
import { learned } from "./learned.ts";
import { none } from "./none.ts";
import { positions } from "./position-scheme.ts";
import { rotary } from "./rotary.ts";
import { sinusoidal } from "./sinusoidal.ts";
import { t5 } from "./t5.ts";

/** The position schemes of this package, for a registry. */
export const positionsPlugins = [
  positions("learned", learned, { description: "A table of embeddings, added to those of the tokens (GPT-2, BART)." }),
  positions("sinusoidal", sinusoidal, {
    description: "Fixed sines and cosines, added to the embeddings (Vaswani 2017).",
  }),
  positions("rotary", rotary, { description: "Queries and keys turn by their positions (Llama)." }),
  positions("t5", t5, { description: "A learned bias of attention for each bucket of distances (T5)." }),
  positions("alibi", alibi, { description: "A bias of attention that falls with the distance." }),
  positions("none", none, { description: "No positions." }),
] as const;
