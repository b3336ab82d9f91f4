import type { Command } from "commander";
import { defineCommand } from "../command-context.ts";
import { table } from "../output.ts";

export function listCommand(program: Command): void {
  const command = program
    .command("list")
    .argument("[kind]", "architecture, objective, attention, backend, mask, dataset, …");
  defineCommand(
    command.description("List the plugins of a kind, or the kinds."),
    async ({ positional, registry, output }) => {
      const plugins = await registry();
      const [kind] = positional;
      if (kind === undefined) {
        const kinds = plugins.kinds().map((name) => ({ kind: name, plugins: plugins.names(name) }));
        output.result(kinds, () =>
          table([["kind", "plugins"], ...kinds.map((row) => [row.kind, row.plugins.join(", ")])]),
        );
        return;
      }
      // An unknown kind is told as an unknown plugin of it would be.
      if (plugins.list(kind).length === 0) plugins.find(kind, "");
      const found = plugins.list(kind).map(({ name, description }) => ({ name, description }));
      output.result(found, () => table([["name", "description"], ...found.map((row) => [row.name, row.description])]));
    },
  );
}
