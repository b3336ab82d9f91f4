import { spawn } from "node:child_process";

const openers: Readonly<Record<string, readonly [command: string, ...before: string[]]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/** Opens an address in the user's browser. Where there is none, nothing happens: whoever calls it shows the address too. */
export function openInBrowser(url: string): void {
  const [command, ...before] = openers[process.platform] ?? ["xdg-open"];
  const opener = spawn(command, [...before, url], { stdio: "ignore", detached: true });
  opener.on("error", () => {});
  opener.unref();
}
