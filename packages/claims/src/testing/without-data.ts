import { reference } from "@trivium/attention";
import { UnsupportedError } from "@trivium/core";
import { createArmContext } from "../framework/arm-context.ts";
import type { ArmContext } from "../framework/claim.ts";
import { shippedPlugins } from "./shipped-plugins.ts";

/** The context of arms that read no dataset. */
export const withoutData: ArmContext = {
  ...createArmContext(shippedPlugins, reference()),
  dataset: () => Promise.reject(new UnsupportedError("test/data", "this claim needs no data")),
};
