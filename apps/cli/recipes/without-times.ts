import type { ClaimsReport } from "../src/report/claims-report.ts";

/**
 * The report without seconds and what is made of them: what the same claims give every time.
 *
 * @example expect(withoutTimes(again)).toEqual(withoutTimes(report))
 */
export function withoutTimes(report: ClaimsReport): unknown {
  const claims = report.claims.map(({ tables, charts, arms, signature, ...claim }) => ({
    ...claim,
    signature: { ...signature, machines: [] },
    tables: tables.filter(({ timed }) => !timed),
    charts: charts.filter(({ timed }) => !timed),
    arms: arms.map(({ seconds, machine, times, curve, ...arm }) => ({
      ...arm,
      ...(curve && { curve: curve.map(({ seconds, ...point }) => point) }),
    })),
  }));
  return { ...report, claims, signature: { ...report.signature, machines: [] } };
}
