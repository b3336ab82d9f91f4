import { accessSync, constants } from "node:fs";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The reason why tests in a page are skipped where there is no browser. */
export const NO_CHROMIUM = "no Chromium: apt-get install chromium";

/** The system's Chromium, or undefined. `TRIVIUM_CHROMIUM` names another one. */
export function findChromium(): string | undefined {
  const { TRIVIUM_CHROMIUM } = process.env;
  return (TRIVIUM_CHROMIUM ? [TRIVIUM_CHROMIUM] : places).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
