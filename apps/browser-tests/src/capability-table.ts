import type { Capability } from "@trivium/tensor/testing/cases";

/** The capabilities of each backend, by its name. */
export type Columns = Readonly<Record<string, readonly Capability[]>>;

/** The cells of a table by op and backend. */
export type Cells = ReadonlyMap<string, Readonly<Record<string, string>>>;

const mark = (verdict: string): string => (verdict === "ok" ? "ok" : verdict === "none" ? "–" : "**fails**");
const cell = ({ forward, gradient }: Capability): string => `${mark(forward)} / ${mark(gradient)}`;

/** The cells that a measurement gives. */
export function toCells(columns: Columns): Cells {
  const cells = new Map<string, Record<string, string>>();
  for (const [backend, capabilities] of Object.entries(columns)) {
    for (const capability of capabilities) {
      cells.set(capability.op, { ...cells.get(capability.op), [backend]: cell(capability) });
    }
  }
  return cells;
}

/** The table in Markdown, with what failed below it. */
export function renderTable(columns: Columns): string {
  const backends = Object.keys(columns);
  const line = (values: readonly string[]) => `| ${values.join(" | ")} |`;
  const rows = [...toCells(columns)].map(([op, row]) =>
    line([`\`${op}\``, ...backends.map((name) => row[name] ?? "?")]),
  );
  return [
    line(["op", ...backends]),
    line(["---", ...backends.map(() => "---")]),
    ...rows,
    "",
    ...failures(columns),
  ].join("\n");
}

/** Reads the cells back from a document that holds such a table. */
export function parseTable(markdown: string): Cells {
  const rows = markdown
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .map((value) => value.trim())
        .slice(1, -1),
    );
  const [header = [], , ...body] = rows;
  return new Map(
    body.map(([op = "", ...values]) => [
      op.replaceAll("`", ""),
      Object.fromEntries(values.map((value, index) => [header[index + 1], value])),
    ]),
  );
}

function failures(columns: Columns): string[] {
  const lines = Object.entries(columns).flatMap(([backend, capabilities]) =>
    capabilities.flatMap(({ op, ...verdicts }) =>
      Object.entries(verdicts)
        .filter(([, verdict]) => mark(verdict) === "**fails**")
        .map(([direction, verdict]) => `- ${backend}, \`${op}\`, ${direction}: ${verdict}`),
    ),
  );
  return lines.length > 0 ? ["What fails:", "", ...lines] : ["Nothing fails."];
}
