import { describeBackend } from "@trivium/tensor/testing";
import { cpu } from "./cpu.ts";

describeBackend(cpu);
