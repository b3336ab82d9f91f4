import { numericIdentity, type OpenedModel, parametersHash } from "@trivium/compose";
import { createSha256 } from "@trivium/core";
import { assertSameRanks, type Collective, shareOf } from "@trivium/distributed";
import type { Example } from "@trivium/features";
import { ownVersion } from "../own-package.ts";
import { machineFacts } from "./rank-facts.ts";

/**
 * Returns the part that this rank has in a work on a model, once all ranks are known to have the same model and work. Nothing for a
 * rank alone.
 *
 * @param work - the examples, and further facts that all ranks have to have in common, as plain JSON.
 * @throws {ConfigError} `distributed/ranks-differ`
 */
export async function joinModel(
  collective: Collective,
  { parameters, engine: { backend } }: OpenedModel,
  { examples, ...work }: Readonly<Record<string, unknown>> & { readonly examples: readonly Example[] },
): Promise<ReturnType<typeof shareOf>> {
  if (collective.size === 1) return undefined;
  const arithmetic = machineFacts(backend ? await numericIdentity(backend) : {});
  const digest = createSha256().update(JSON.stringify(examples)).digest();
  const run = { version: ownVersion(), weights: await parametersHash(parameters), examples: digest, ...work };
  await assertSameRanks(collective, { run, arithmetic });
  return shareOf(collective);
}
