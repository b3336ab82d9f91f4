/** A byte offset into the shared memory, 0 to 2³² − 1; float32 and int32 data are aligned to their 4 bytes. */
export type Pointer = number;
