export { type MaskView, maskAddress } from "./serve/mask-address.ts";
export { openInBrowser } from "./serve/open-in-browser.ts";
export { type PlaygroundServer, type ServeOptions, servePlayground } from "./serve/serve-playground.ts";
