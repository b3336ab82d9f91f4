import { inContextClassificationPlugin } from "./in-context/in-context-classification.ts";
import { inContextRegressionPlugin } from "./in-context/in-context-regression.ts";
import { keyValueRecallPlugin } from "./key-value-recall.ts";
import { lateOperatorPlugin } from "./late-operator.ts";
import { mixturePlugin } from "./mixture.ts";
import { isoCodesPlugin } from "./names/iso-codes.ts";
import { namesPlugin } from "./names/names.ts";
import { scanPlugin } from "./scan/scan.ts";
import { copyPlugin } from "./sequences/copy.ts";
import { reversePlugin } from "./sequences/reverse.ts";
import { mobyDickPlugin } from "./texts/moby-dick.ts";
import { stateOfTheUnionPlugin } from "./texts/state-of-the-union.ts";

export { inContextClassification } from "./in-context/in-context-classification.ts";
export { inContextRegression } from "./in-context/in-context-regression.ts";
export { keyValueRecall } from "./key-value-recall.ts";
export { lateOperator } from "./late-operator.ts";
export { mixture } from "./mixture.ts";
export { isoCodes } from "./names/iso-codes.ts";
export { names } from "./names/names.ts";
export { scan } from "./scan/scan.ts";
export { copy } from "./sequences/copy.ts";
export { reverse } from "./sequences/reverse.ts";
export { type ChoiceItem, choiceItems } from "./texts/choice-items.ts";
export { type ClozeItem, clozeItems } from "./texts/cloze-items.ts";
export { mobyDick } from "./texts/moby-dick.ts";
export { stateOfTheUnion } from "./texts/state-of-the-union.ts";

/** The datasets of this package, for a registry. */
export const taskPlugins = [
  scanPlugin,
  keyValueRecallPlugin,
  lateOperatorPlugin,
  copyPlugin,
  reversePlugin,
  inContextRegressionPlugin,
  inContextClassificationPlugin,
  mixturePlugin,
  namesPlugin,
  isoCodesPlugin,
  mobyDickPlugin,
  stateOfTheUnionPlugin,
] as const;
