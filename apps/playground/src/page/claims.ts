/** A claim of `docs/claims` with its verdict. */
export interface PageClaim {
  readonly id: string;
  readonly statement: string;
  readonly verdict: "supported" | "inconclusive" | "not supported";
  /** The first effect, by which the verdict is. */
  readonly name: string;
  readonly unit: string;
  readonly estimate: number;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

/** The claims, which the build puts in the place of this name: see `vite.config.ts`. */
declare const claimsOfBuild: readonly PageClaim[];

/** The claims and their verdicts, as the report had them when the page was built. */
export const claims = claimsOfBuild;
