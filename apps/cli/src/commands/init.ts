import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolder, withFileErrors } from "@trivium/checkpoint/node";
import { recipeJsonSchema } from "@trivium/compose";
import { ConfigError } from "@trivium/core";
import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { commentedRecipe } from "../commented-recipe.ts";

export function initCommand(program: Command): void {
  const command = program
    .command("init")
    .argument("[file]", "the recipe to write", "recipe.json")
    .description("Write an example of a recipe, each field explained, for `trivium train --config`.");
  defineCommand(command, writeExample);
}

/** Beside the recipe, so that an editor completes and checks its fields. */
const schemaName = "recipe.schema.json";

async function writeExample({ positional, output }: CommandContext): Promise<void> {
  const [file = "recipe.json"] = positional;
  const schema = join(dirname(file), schemaName);
  if (existsSync(file)) throw new ConfigError("cli/init", `${file} is there already; name another file`);
  const example = { $schema: `./${schemaName}`, data: { name: "cmudict" }, model: { width: 64, heads: 4 } };
  await withFileErrors("write the recipe", file, async () => {
    await makeFolder(dirname(file));
    await writeFile(schema, `${JSON.stringify(recipeJsonSchema(), null, 2)}\n`);
    await writeFile(file, commentedRecipe(example), { flag: "wx" });
  });
  output.result({ recipe: file, schema }, () => `${file} · ${schema}\n\ntrivium train --config ${file}`);
}
