import { existsSync } from "node:fs";

/** The driver that Debian's Chromium brings: a graphics card in software. */
const DRIVER = "/usr/lib/chromium/vk_swiftshader_icd.json";

/** Lets the tests of this process compute in software where Chromium's driver is there and no other device was asked for. */
export function useSoftwareDevice(): void {
  const { VK_DRIVER_FILES, TRIVIUM_WEBGPU } = process.env;
  if (VK_DRIVER_FILES !== undefined || TRIVIUM_WEBGPU !== undefined || !existsSync(DRIVER)) return;
  process.env.VK_DRIVER_FILES = DRIVER;
  process.env.TRIVIUM_WEBGPU = "adapter=SwiftShader";
}
