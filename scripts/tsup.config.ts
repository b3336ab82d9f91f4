import { cpSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { defineConfig } from "tsup";

/**
 * One build for every package: the entries are the source conditions of its own `exports`, and the declarations those
 * that `write-declarations.ts` wrote for all packages.
 */
interface Manifest {
  exports: Record<string, string | { "@trivium/source"?: string }>;
}

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const entry = Object.values(manifest.exports).flatMap((target) =>
  typeof target === "object" && target["@trivium/source"] ? [target["@trivium/source"]] : [],
);

export default defineConfig({
  entry,
  format: "esm",
  target: "es2023",
  platform: "neutral",
  outDir: "dist",
  clean: true,
  splitting: true,
  treeshake: false,
  onSuccess: async () => {
    const root = join(import.meta.dirname, "..");
    cpSync(join(root, ".declarations", relative(root, process.cwd()), "src"), "dist", { recursive: true });
  },
});
