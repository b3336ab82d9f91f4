import type { PositionScheme } from "./position-scheme.ts";

/** No positions: masks alone tell tokens apart. */
export const none = (): PositionScheme => ({ kind: "none" });
