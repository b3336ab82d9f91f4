import type { Evidence } from "../framework/claim.ts";

/** Publications about the use that prefix models make of their prefix. */
export const prefixUseEvidence: readonly Evidence[] = [
  {
    finding:
      "Trained in context, the prefix model's query error is several times lower: linear regression 8.6e-3 against 1.9e-1 with shared layers, 2.5e-3 against 1.6e-2 without; the authors claim nothing for checkpoints pretrained only causally.",
    source: "Ding et al. 2024",
    url: "https://arxiv.org/abs/2308.06912",
    speaks: "for",
    read: "text",
  },
  {
    finding: "PaLM 2 in three sizes, MMLU: 46.6, 64.8 and 81.4 with a visible prefix, 43.3, 61.0 and 78.0 causal.",
    source: "Ding et al. 2024",
    url: "https://arxiv.org/abs/2308.06912",
    speaks: "for",
    read: "text",
  },
  {
    finding:
      "After multitask finetuning it depends on the pretraining. Masked language modelling: prefix 51.0 and 55.2 (EAI-Eval, T0-Eval), causal 47.1 and 50.3. Language modelling: prefix 48.9 and 54.0, causal 50.4 and 51.4.",
    source: "Wang et al. 2022",
    url: "https://arxiv.org/abs/2204.05832",
    speaks: "both",
    read: "text",
  },
  {
    finding:
      "A causal model of 168B tokens becomes a prefix model by masked language modelling 3.3 times faster than one trained from scratch; with 51B tokens of that, then multitask finetuning, it reaches 52.3 and 54.9, a prefix model from scratch 51.0 and 55.2.",
    source: "Wang et al. 2022",
    url: "https://arxiv.org/abs/2204.05832",
    speaks: "both",
    read: "text",
  },
  {
    finding:
      "With the same parameters and cost, finetuned after denoising, the prefix model reaches 78.94 on SQuAD where the causal one reaches 61.14.",
    source: "Raffel et al. 2020, table 2",
    url: "https://arxiv.org/abs/1910.10683",
    speaks: "for",
    read: "text",
  },
];
