/** Allocates blocks of 16 MiB until there are no more, and prints the bytes that it had and the message. */
import { createHeap } from "../memory/heap.ts";

const heap = createHeap();
const block = 16 * 2 ** 20;
let had = 0;
try {
  for (; ; had += block) heap.allocate(block, () => "a block of the test");
} catch (error) {
  console.log(JSON.stringify({ had, message: (error as Error).message }));
}
