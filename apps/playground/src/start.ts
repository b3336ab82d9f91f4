/** Serves the built playground and opens it: `npm run playground` of the repository. */
import { parseArgs } from "node:util";
import { openInBrowser, servePlayground } from "./index.ts";

const { values: flags } = parseArgs({
  options: { port: { type: "string", default: "0" }, "no-open": { type: "boolean", default: false } },
});
const { url } = await servePlayground({ port: Number(flags.port) });
console.log(`The playground is at ${url} until you stop it with Ctrl+C.`);
if (!flags["no-open"]) openInBrowser(url);
