import { ConfigError, jsonDifferences } from "@trivium/core";
import type { Collective } from "./collective.ts";
import { bytesOfJson, jsonOfBytes } from "./json-bytes.ts";

/** Facts that all ranks have to have in common, as plain JSON. */
export interface RankFacts {
  /** Facts that decide what is computed: recipe, data, version of the program. */
  readonly run: Readonly<Record<string, unknown>>;
  /** Facts that decide its last bits: kernels, GEMM provider, precision, features of the processor. */
  readonly arithmetic: Readonly<Record<string, unknown>>;
}

/** Number of differences that a message names. */
const MOST = 5;

/**
 * Checks that all ranks were started alike: ranks of other data, code or arithmetic would train one model in different ways. All ranks
 * throw the same error.
 *
 * @param allowNumericChange - lets ranks differ in their arithmetic. The parameters then have other bits on each number of ranks.
 * @returns a sentence for each difference of arithmetic that is allowed.
 * @throws {ConfigError} `distributed/ranks-differ`, naming the two ranks and what each of them has.
 */
export async function assertSameRanks(
  collective: Collective,
  facts: RankFacts,
  { allowNumericChange = false }: { readonly allowNumericChange?: boolean | undefined } = {},
): Promise<readonly string[]> {
  const gathered = await collective.allGather(bytesOfJson(facts));
  const [first, ...others] = gathered.map((bytes) => jsonOfBytes<RankFacts>(bytes)) as [RankFacts, ...RankFacts[]];
  const differences = (part: keyof RankFacts) =>
    others.flatMap((other, at) =>
      jsonDifferences(first[part], other[part]).map(
        ({ path, was, is }) => `${path} is ${was} on rank 0, ${is} on rank ${at + 1}`,
      ),
    );
  const [ofRun, ofArithmetic] = [differences("run"), differences("arithmetic")];
  const refused = [...ofRun, ...(allowNumericChange ? [] : ofArithmetic)];
  if (refused.length === 0) return ofArithmetic;
  const more = refused.length > MOST ? `, and ${refused.length - MOST} more` : "";
  const remedy =
    ofRun.length > 0
      ? "Give every rank the same data, recipe and version"
      : "Use machines of one kind, or --allow-numeric-change, which gives the promise of the same bits up";
  const message = `the ranks were started differently: ${refused.slice(0, MOST).join("; ")}${more}. ${remedy}`;
  throw new ConfigError("distributed/ranks-differ", message, { details: { differences: refused } });
}
