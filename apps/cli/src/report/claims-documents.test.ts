import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { claimsDocuments } from "./claims-documents.ts";
import type { ClaimsReport, ReportedClaim } from "./claims-report.ts";

const effect = { name: "a − b", estimate: 0.2, low: 0.1, high: 0.3, unit: "nats", smallest: 0.01, method: "counted" };
const claim: ReportedClaim = {
  ...{
    id: "one",
    statement: "One <is> more.",
    verdict: "supported",
    measure: "m",
    expected: "e",
    command: "trivium x",
    signature: { configuration: "c0ffee", data: {}, machines: [] },
  },
  evidence: (["for", "against", "both"] as const).map((speaks) => ({
    ...{ finding: `speaks ${speaks}`, source: "S 2020", url: "https://arxiv.org/abs/1", speaks, read: "abstract" },
  })),
  effects: [effect],
  tables: [{ title: "T", columns: ["a|b", "n"], rows: [["x", null]] }],
  charts: [{ title: "C", x: { title: "x" }, y: { title: "y" }, series: [{ name: "s", points: [{ x: 1, y: 1 }] }] }],
  ...{ notes: [], arms: [] },
};
const missing: ReportedClaim = {
  ...{ ...claim, id: "two", verdict: "not run", effects: [], tables: [], charts: [] },
  reason: { code: "data/none", message: "no data; install some" },
};
const report = {
  ...{ format: "trivium-claims", version: 1, command: "trivium claims run", request: { preset: "quick", seeds: [1] } },
  ...{ claims: [claim, missing], signature: { seeds: [1], environment: { backend: "simd" } } },
} as unknown as ClaimsReport;

test("there is a page a claim, an index that leads to it, and every picture that a page shows", async () => {
  const documents = await claimsDocuments(report);
  expect([...documents.keys()]).toEqual(["README.md", "one.md", "figures/one-1.svg", "two.md"]);
  expect(documents.get("README.md")).toContain(
    "| [one](one.md) | One \\<is> more. | ✔ supported | 0.2 [0.1, 0.3] nats |",
  );
  const page = documents.get("one.md") as string;
  for (const [, file = ""] of page.matchAll(/!\[[^\]]*\]\(([^)]*)\)/g)) expect(documents.has(file), file).toBe(true);
  expect(page).toContain("![C](figures/one-1.svg)");
  expect(page).toContain("| a\\|b | n |");
  expect(documents.get("two.md")).toContain("Not run: no data; install some");
});

test.each([
  ["supported", ["against"]],
  ["contradicted", ["for"]],
  ["not supported", ["for"]],
  ["inconclusive", []],
] as const)("what is %s goes against findings that speak %j", async (verdict, against) => {
  const documents = await claimsDocuments({ ...report, claims: [{ ...claim, verdict }] });
  const [, section = ""] =
    /## Published findings that[^\n]*\n([\s\S]*?)(\n\*\*C|$)/.exec(documents.get("one.md") ?? "") ?? [];
  expect([...section.matchAll(/speaks (\w+)/g)].map(([, word]) => word)).toEqual(against);
});

test("a picture of its own brings its colours along, for both themes", async () => {
  const svg = (await claimsDocuments(report)).get("figures/one-1.svg");
  for (const [variable] of svg?.matchAll(/var\(--[\w-]+\)/g) ?? []) expect(svg).toContain(`${variable.slice(4, -1)}:#`);
  expect(svg).toContain("prefers-color-scheme:dark");
});

const folder = join(import.meta.dirname, "../../../../docs/claims");

const lacksReport = !existsSync(join(folder, "report.json"));
const whyNot = "no full run is committed: pnpm claims-docs DIR/report.json";

test("the committed run is full: twelve claims measured with three seeds, and SCAN learned by all architectures", (context) => {
  context.skip(lacksReport, whyNot);
  const { request, claims } = JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as ClaimsReport;
  expect(request).toEqual({ preset: "full", seeds: [1, 2, 3] });
  expect(claims.filter(({ verdict }) => verdict !== "not run")).toHaveLength(12);
  const commands = claims.flatMap(({ arms }) => arms).filter(({ name }) => name.includes("SCAN simple"));
  expect(commands).toHaveLength(9);
  for (const { name, numbers } of commands)
    expect((numbers as { exactMatch: number }).exactMatch, name).toBeGreaterThanOrEqual(0.95);
});

test("docs/claims is what its report makes", async (context) => {
  context.skip(lacksReport, whyNot);
  const text = readFileSync(join(folder, "report.json"), "utf8");
  expect(text.length, "what is committed stays small").toBeLessThan(2e6);
  const committed = JSON.parse(text) as ClaimsReport;
  const documents = await claimsDocuments(committed);
  for (const [file, content] of documents) expect(readFileSync(join(folder, file), "utf8"), file).toBe(content);
  // Whoever runs the claims has reports beside the arms, too.
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    /^(?!run\b).*\.(md|svg)$/.test(file),
  );
  expect(files.filter((file) => !documents.has(file.replaceAll("\\", "/")))).toEqual([]);
});
