import { duplicateKey } from "./duplicate-key.ts";

/**
 * Parses JSON that a person wrote. An object with a key twice is refused, since `JSON.parse` would keep the last one
 * in silence. A byte order mark before the text is passed over.
 *
 * @throws {SyntaxError} if the text is no JSON or has a key twice.
 * @example parseJson('{"steps": 1}') // => { steps: 1 }
 */
export function parseJson(text: string): unknown {
  const json = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const value: unknown = JSON.parse(json);
  const twice = duplicateKey(json);
  if (twice !== undefined) throw new SyntaxError(`the key ${JSON.stringify(twice)} stands twice in one object`);
  return value;
}

/**
 * Parses the bytes of a JSON file that a person wrote.
 *
 * @param clean - makes JSON of the text: takes its comments out. Default: the text is JSON as it is.
 * @throws {SyntaxError} if the file is UTF-16, holds NUL bytes or is not UTF-8; what {@link parseJson} throws.
 * @example decodeJson(await readFile("recipe.json"))
 */
export function decodeJson(bytes: Uint8Array, clean = (text: string): string => text): unknown {
  const isMarked = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isMarked) throw new SyntaxError("it is UTF-16, by its byte order mark; save it as UTF-8");
  if (bytes.includes(0)) throw new SyntaxError("it holds NUL bytes, as UTF-16 does; save it as UTF-8");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SyntaxError("it is not UTF-8; save it as UTF-8", { cause });
  }
  return parseJson(clean(text));
}
