/** The parts of a data file to read. */
export interface ReadOptions {
  /** Column of the source, counted from 1 or by its name in the first line; of a `.jsonl` file, the field. Default: the first, or `"source"`. */
  readonly sourceColumn?: string | number | undefined;
  /** Column of the target, as `sourceColumn`. Default: the second, or `"target"`. */
  readonly targetColumn?: string | number | undefined;
  /** Field of a text of a `.jsonl` file. Default: `"text"`, where there is no pair. */
  readonly textColumn?: string | undefined;
  /** The most UTF-16 code units of a line of a `.tsv` or `.jsonl` file. Default: 67,108,864. */
  readonly maximumLineLength?: number | undefined;
}
