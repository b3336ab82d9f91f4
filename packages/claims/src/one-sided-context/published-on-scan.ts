/** Published results on a split of SCAN. */
export interface PublishedOnScan {
  readonly split: "simple" | "length" | "addprim-jump";
  readonly model: string;
  /** Share of test commands that are exactly right, or what stands in the text. */
  readonly reached: number | string;
  readonly source: string;
}

const table = "Dessì and Baroni 2019, table of main results, https://aclanthology.org/P19-1381";

/**
 * Numbers that were read in the source.
 *
 * @source The authors' text and results, https://github.com/robertodessi/SCAN-CNN: the table, and of `length` the note
 *   on SCAN's splits
 */
export const publishedOnScan: readonly PublishedOnScan[] = [
  { split: "simple", model: "LSTM", reached: 0.998, source: `Lake and Baroni 2018, in ${table}` },
  { split: "simple", model: "GRU", reached: 1, source: `Bastings et al. 2018, in ${table}` },
  { split: "simple", model: "convolutional", reached: 1, source: table },
  { split: "length", model: "convolutional", reached: "near 0", source: "Dessì and Baroni 2019, note on the splits" },
  { split: "addprim-jump", model: "LSTM", reached: 0.012, source: `Lake and Baroni 2018, in ${table}` },
  { split: "addprim-jump", model: "GRU", reached: 0.125, source: `Bastings et al. 2018, in ${table}` },
  { split: "addprim-jump", model: "convolutional", reached: 0.692, source: table },
];
