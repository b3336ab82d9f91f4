import { scanPlugin } from "./scan/scan.ts";

export { scan } from "./scan/scan.ts";

/** The datasets of this package, for a registry. */
export const taskPlugins = [scanPlugin] as const;
