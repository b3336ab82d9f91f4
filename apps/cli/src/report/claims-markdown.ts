import { claimMarkdown } from "./claim-markdown.ts";
import { readableEffect } from "./claims-numbers.ts";
import type { ClaimsReport, ReportedClaim } from "./claims-report.ts";
import { escapeMarkdown, jsonBlock, markdownTable } from "./markdown.ts";
import { signedVerdict } from "./page/verdict.ts";

/** The claims as Markdown: verdicts first, then one section each. */
export function claimsMarkdown(report: ClaimsReport): string {
  const { seeds } = report.signature;
  const parts = [
    `# Claims, ${report.request.preset}, ${seeds.length} seed${seeds.length === 1 ? "" : "s"}`,
    verdictTable(report.claims, ({ id }) => id),
    ...report.claims.map(section),
    signatureMarkdown(report),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** A table of statements, verdicts and first effects; an effect speaks for the statement where it is positive. */
export const verdictTable = (claims: readonly ReportedClaim[], name: (claim: ReportedClaim) => string): string =>
  markdownTable(
    ["claim", "statement", "verdict", "effect"],
    claims.map((claim) => {
      const {
        statement,
        verdict,
        effects: [first],
      } = claim;
      return [name(claim), statement, signedVerdict(verdict), first ? readableEffect(first) : "–"];
    }),
  );

export const signatureMarkdown = ({ signature }: ClaimsReport): string => `## Signature\n\n${jsonBlock(signature)}`;

const section = (claim: ReportedClaim): string =>
  `## ${claim.id}: ${claim.verdict}\n\n**${escapeMarkdown(claim.statement)}**\n\n${claimMarkdown(claim, "###")}`;
