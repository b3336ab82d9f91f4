import { describeBackend } from "@trivium/tensor/testing";
import { simd } from "./index.ts";

describeBackend(simd);
