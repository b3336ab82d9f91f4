export { createTfjsNodeBackend, type TfjsNodeBackendOptions, tfjsNode, tfjsNodePlugin } from "./tfjs-node.ts";
