/** The verdicts of `docs/claims`, as the build reads them from its report. */
declare module "virtual:claims" {
  export interface PageClaim {
    readonly id: string;
    readonly statement: string;
    readonly verdict: "supported" | "inconclusive" | "not supported";
    /** The first effect, by which the verdict is. */
    readonly estimate: number;
    readonly low?: number | undefined;
    readonly high?: number | undefined;
    readonly unit: string;
    readonly name: string;
  }
  export const claims: readonly PageClaim[];
}
