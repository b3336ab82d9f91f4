export { tfjsNodeSetup } from "./tfjs-node-setup.ts";
