import { recipeJsonSchema } from "@trivium/compose";
import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";

export function recipeSchemaCommand(program: Command): void {
  const command = program.command("recipe-schema").description("Print the JSON Schema of recipes, for editors.");
  defineCommand(command, async ({ output }: CommandContext) => {
    const schema = recipeJsonSchema();
    output.result(schema, () => JSON.stringify(schema, null, 2));
  });
}
