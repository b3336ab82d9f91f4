import { ConfigError, type Json } from "@trivium/core";
import type { ClaimsReport, ReportedClaim } from "./claims-report.ts";
import { hashOf } from "./comparison-report.ts";

/**
 * Returns a report with the claims of another, which were measured later, perhaps by another build: these say in what
 * environment. A claim that both have is the other's.
 *
 * @throws {ConfigError} `cli/claims-reports` if they are of another preset or of other seeds.
 */
export function joinClaimsReports(report: ClaimsReport, added: ClaimsReport): ClaimsReport {
  const [own, other] = [report, added].map(({ request }) => JSON.stringify(request));
  if (own !== other) {
    const message = `reports of one preset and of the same seeds are joined, got ${own} and ${other}; measure again with those of the first`;
    throw new ConfigError("cli/claims-reports", message);
  }
  const isSame = JSON.stringify(report.signature.environment) === JSON.stringify(added.signature.environment);
  const environment = isSame ? undefined : added.signature.environment;
  const later = added.claims.map((claim) => ({ ...claim, signature: { ...claim.signature, environment } }));
  const claims = [...report.claims.filter(({ id }) => !later.some((claim) => claim.id === id)), ...later];
  return {
    ...report,
    command: isSame ? added.command : report.command,
    claims,
    signature: {
      ...report.signature,
      configuration: hashOf(claims.flatMap(({ arms }) => arms.map(({ hash }) => hash))),
      data: dataOf(claims),
      machines: machinesOf(claims),
    },
  };
}

function dataOf(claims: readonly ReportedClaim[]): Record<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const { signature } of claims)
    for (const [name, prints] of Object.entries(signature.data))
      found.set(name, new Set([...(found.get(name) ?? []), ...prints]));
  return Object.fromEntries([...found].map(([name, prints]) => [name, [...prints].sort()]));
}

const machinesOf = (claims: readonly ReportedClaim[]): Json[] => [
  ...new Map(claims.flatMap(({ signature }) => signature.machines).map((one) => [JSON.stringify(one), one])).values(),
];
