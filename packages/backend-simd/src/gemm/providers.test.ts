import { describeGemmProvider } from "../testing/describe-gemm-provider.ts";
import { gemmProviders } from "./choose-gemm.ts";

for (const provider of gemmProviders) describeGemmProvider(provider);
