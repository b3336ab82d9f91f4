import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { bundlePage } from "./bundle-page.ts";
import { main } from "./pages/pure-entries.ts";

test("a page bundles the main entries of data, checkpoint, trainer and evaluator, and they work without Node", async () => {
  const bundle = await bundlePage(fileURLToPath(new URL("pages/pure-entries.ts", import.meta.url)));
  expect(/["']node:\w/.exec(bundle)).toBeNull();
  const script = bundle.replace(/export \{\s*main\s*\};/, "JSON.stringify(main())");
  // As in a page: no process, no require.
  const page = { window: {}, TextEncoder, TextDecoder, performance, setTimeout, WebAssembly };
  expect(JSON.parse(runInNewContext(script, page))).toEqual(main());
});
