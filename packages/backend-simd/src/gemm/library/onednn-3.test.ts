import { setupFolder } from "@trivium/setup";
import { describeGemmProvider } from "../../testing/describe-gemm-provider.ts";
import { gemmProvider } from "../gemm-provider.ts";
import { libraryGemm } from "./library-gemm.ts";
import { onednnFile, onednnLibrary, onednnVersion } from "./onednn.ts";

// The provider takes the system's oneDNN 2 where there is one.
const folder = setupFolder("onednn", onednnVersion);
const libraries = folder === undefined ? [onednnFile] : [`${folder}/${onednnFile}`];
describeGemmProvider(gemmProvider("onednn-3", libraryGemm({ ...onednnLibrary, libraries })));
