import type { Evidence } from "../framework/claim.ts";

export const evidence: readonly Evidence[] = [
  {
    finding:
      "Summarising many documents, a transformer encoder–decoder was best at inputs of 500 to 1,000 tokens and did not learn at 2,000; a decoder alone learned up to 4,000, with compressed memory up to 11,000.",
    source: "Liu et al. 2018",
    url: "https://arxiv.org/abs/1801.10198",
    speaks: "for",
    read: "text",
  },
  {
    finding:
      "Scaled from 150M to 8B parameters, the encoder–decoder extrapolates more smoothly beyond 4,000 tokens than the decoder.",
    source: "RedLLM, 2025",
    url: "https://arxiv.org/abs/2510.26622",
    speaks: "against",
    read: "text",
  },
  {
    finding: "T5Gemma 2, an encoder–decoder, beats Gemma 3 on RULER and MRCR up to 128K tokens.",
    source: "T5Gemma 2, 2025",
    url: "https://arxiv.org/abs/2512.14856",
    speaks: "against",
    read: "text",
  },
  {
    finding: "In a decoder alone, attention to the source shrinks as the generated text grows.",
    source: "Fu et al. 2023",
    url: "https://arxiv.org/abs/2304.04052",
    speaks: "against",
    read: "abstract",
  },
];
