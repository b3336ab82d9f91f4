export { registration } from "./tfjs-specs-setup.ts";

import "@tensorflow/tfjs-core/dist/tests";
