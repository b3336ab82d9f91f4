import type { Evidence } from "../framework/claim.ts";

/** Publications about context that is seen from one side. */
export const oneSidedEvidence: readonly Evidence[] = [
  {
    finding:
      "With the same parameters and cost, finetuned after denoising, the causal model reaches 61.14 on SQuAD, 74.70 on GLUE and 55.02 on SuperGLUE; the prefix model 78.94, 81.82 and 68.11.",
    source: "Raffel et al. 2020, table 2",
    url: "https://arxiv.org/abs/1910.10683",
    speaks: "for",
    read: "text",
  },
  {
    finding: "Bidirectional attention over the input, added at finetuning, improves a decoder-only model greatly.",
    source: "RedLLM 2025",
    url: "https://arxiv.org/abs/2510.26622",
    speaks: "for",
    read: "text",
  },
  {
    finding:
      "Bidirectional attention helps finetuning and infilling, and harms next-token prediction and zero-shot priming.",
    source: "Artetxe et al. 2022",
    url: "https://arxiv.org/abs/2205.11726",
    speaks: "both",
    read: "abstract",
  },
];
