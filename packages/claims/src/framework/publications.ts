import type { Evidence } from "./claim.ts";

/** Returns the function from a finding of a publication, and the side that it takes on a statement, to evidence. */
export const publication =
  (source: string, url: string, read: Evidence["read"] = "text") =>
  (speaks: Evidence["speaks"], finding: string): Evidence => ({ finding, source, url, speaks, read });

/** Publications that several claims cite; `at` is the place in the text: `"table 2"`. */
export const raffel2020 = (at: string) => publication(`Raffel et al. 2020, ${at}`, "https://arxiv.org/abs/1910.10683");
export const wang2022 = (at?: string) =>
  publication(at ? `Wang et al. 2022, ${at}` : "Wang et al. 2022", "https://arxiv.org/abs/2204.05832");
export const artetxe2022 = publication("Artetxe et al. 2022", "https://arxiv.org/abs/2205.11726", "abstract");
export const ding2024 = publication("Ding et al. 2024", "https://arxiv.org/abs/2308.06912");
export const redLlm2025 = publication("RedLLM, 2025", "https://arxiv.org/abs/2510.26622");
