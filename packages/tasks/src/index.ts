import { keyValueRecallPlugin } from "./key-value-recall.ts";
import { lateOperatorPlugin } from "./late-operator.ts";
import { scanPlugin } from "./scan/scan.ts";
import { copyPlugin } from "./sequences/copy.ts";
import { reversePlugin } from "./sequences/reverse.ts";

export { keyValueRecall } from "./key-value-recall.ts";
export { lateOperator } from "./late-operator.ts";
export { scan } from "./scan/scan.ts";
export { copy } from "./sequences/copy.ts";
export { reverse } from "./sequences/reverse.ts";

/** The datasets of this package, for a registry. */
export const taskPlugins = [scanPlugin, keyValueRecallPlugin, lateOperatorPlugin, copyPlugin, reversePlugin] as const;
