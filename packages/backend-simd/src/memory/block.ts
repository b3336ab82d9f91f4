/** A run of granules; neighbours in memory are linked so that freeing can merge them. */
export interface Block {
  /** First granule. */
  start: number;
  /** Length in granules. */
  size: number;
  free: boolean;
  before: Block | undefined;
  after: Block | undefined;
  /** Neighbours in the list of free blocks of the same size class. */
  previousFree: Block | undefined;
  nextFree: Block | undefined;
}
