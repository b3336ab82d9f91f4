import type { Evidence, FindingsTable } from "@trivium/claims";
import { armsAndTime } from "./arms-and-time.ts";
import {
  disagreements,
  disagreementsNote,
  disagreementsTitle,
  effectCells,
  effectColumns,
  howRead,
  seen,
  speaking,
} from "./claim-words.ts";
import { readable } from "./claims-numbers.ts";
import type { ReportedClaim } from "./claims-report.ts";
import { escapeMarkdown, jsonBlock, markdownTable } from "./markdown.ts";

/** A claim with its evidence and findings as Markdown without its title; pictures stand before tables. */
export function claimMarkdown(claim: ReportedClaim, heading: "##" | "###", pictures: readonly string[] = []): string {
  const { evidence, measure, expected, effects, tables, notes, command } = claim;
  const against = disagreements(claim);
  const section = (title: string, ...parts: readonly string[]) =>
    parts.some(Boolean) ? [`${heading} ${title}`, ...parts.filter(Boolean)] : [];
  return [
    ...section("What was published", evidenceList(evidence)),
    ...section("What was measured", escapeMarkdown(measure), `**Expected:** ${escapeMarkdown(expected)}`),
    ...section("What was seen", escapeMarkdown(seen(claim)), effects.length > 0 ? effectTable(claim) : ""),
    ...(against.length > 0 ? section(disagreementsTitle, disagreementsNote, evidenceList(against)) : []),
    ...pictures,
    ...tables.map(findingsTable),
    ...section("Notes", notes.map((note) => `- ${escapeMarkdown(note)}`).join("\n")),
    ...section(
      "To measure it again",
      `\`\`\`sh\n${command}\n\`\`\``,
      ...(claim.arms.length > 0 ? [`${armsAndTime(claim.arms)}.`, jsonBlock(claim.signature)] : []),
    ),
  ].join("\n\n");
}

const evidenceList = (evidence: readonly Evidence[]): string =>
  evidence
    .map((one) => {
      const { finding, source, url } = one;
      return `- **${speaking(one)}:** ${escapeMarkdown(finding)} [${escapeMarkdown(source)}](${url}) (${howRead(one)})`;
    })
    .join("\n");

const effectTable = ({ effects }: ReportedClaim): string =>
  markdownTable(
    ["effect", ...effectColumns],
    effects.map((effect) => [effect.name, ...effectCells(effect)]),
  );

const findingsTable = ({ title, columns, rows }: FindingsTable): string =>
  `**${escapeMarkdown(title)}**\n\n${markdownTable(
    columns,
    rows.map((row) => row.map(readable)),
  )}`;
