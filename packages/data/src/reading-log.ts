/** What a reader notes while it reads a file. */
export interface ReadingLog {
  /** Number of the line that was read last. */
  lines: number;
  blank: number;
  readonly ignored: Set<string>;
  readonly doubts: string[];
}

export const createReadingLog = (): ReadingLog => ({ lines: 0, blank: 0, ignored: new Set(), doubts: [] });
