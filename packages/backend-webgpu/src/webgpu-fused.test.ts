import { describeBackend } from "@trivium/tensor/testing";
import { useSoftwareDevice } from "./testing/software-device.ts";
import { webgpuFused } from "./webgpu-fused.ts";

useSoftwareDevice();

describeBackend(webgpuFused);
