import { DataError } from "@trivium/core";
import type { TextExample } from "@trivium/features";

/**
 * The examples of a file, without empty texts before the first one.
 *
 * @throws {DataError} `data/empty` if there is none.
 */
export async function* atLeastOne(
  examples: AsyncIterable<TextExample>,
  path: string,
): AsyncGenerator<TextExample, void, void> {
  let isEmpty = true;
  for await (const example of examples) {
    if (isEmpty && "text" in example && example.text.trim() === "") continue;
    isEmpty = false;
    yield example;
  }
  if (isEmpty) throw new DataError("data/empty", `${path} is empty: it has no example`, { details: { file: path } });
}
