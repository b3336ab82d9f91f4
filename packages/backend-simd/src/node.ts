export { blasSetup } from "./setup/blas-setup.ts";
export { onednnSetup } from "./setup/onednn-setup.ts";
export { type OpenblasWheel, openblasLicense, openblasWheels } from "./setup/openblas-wheels.ts";
