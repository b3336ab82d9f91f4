export { createTfjsNodeBackend, type TfjsNodeBackendOptions, tfjsNode } from "./tfjs-node.ts";
