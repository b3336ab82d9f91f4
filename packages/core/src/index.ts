export { AXES, type AxisLetter, assertShapes, type Shape, type ShapeTable } from "./axes.ts";
export { describeIssue, type SchemaIssue } from "./describe-issue.ts";
export { duplicateKey } from "./duplicate-key.ts";
export {
  CheckpointError,
  ConfigError,
  DataError,
  type ErrorOptionsWithDetails,
  NumericsError,
  ShapeError,
  TriviumError,
  UnknownPluginError,
  UnsupportedError,
} from "./errors.ts";
export type { Json } from "./json.ts";
export { type JsonDifference, jsonDifferences } from "./json-differences.ts";
export { editDistance, nearestName } from "./nearest-name.ts";
export { createPacer } from "./pacer.ts";
export { decodeJson, parseJson } from "./parse-json.ts";
export { createRandom, hashWords, type Random, type RandomState } from "./random.ts";
export type { Reason } from "./reason.ts";
export { createSha256, type Sha256 } from "./sha256.ts";
export { readStringified, stringifyJson } from "./stringify-json.ts";
