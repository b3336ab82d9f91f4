/** The environment variables by which a Vulkan driver can be named. */
const variables = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES", "VK_ADD_DRIVER_FILES"];

/**
 * Tells whether this machine may have a driver that Dawn can use. On Linux, where it uses Vulkan, a driver has a manifest;
 * without any, Dawn would print warnings of its own.
 *
 * @source https://github.com/KhronosGroup/Vulkan-Loader/blob/main/docs/LoaderDriverInterface.md
 */
export function mayHaveDriver({ platform, env }: Pick<NodeJS.Process, "platform" | "env"> = process): boolean {
  if (platform !== "linux" || variables.some((name) => env[name])) return true;
  const { existsSync, readdirSync } = process.getBuiltinModule("node:fs");
  const folders = manifestFolders(env).filter((folder) => existsSync(folder));
  return folders.some((folder) => readdirSync(folder).some((file) => file.endsWith(".json")));
}

function manifestFolders(env: NodeJS.ProcessEnv): string[] {
  const home = env.HOME ?? "/root";
  const configuration = [env.XDG_CONFIG_HOME ?? `${home}/.config`, env.XDG_CONFIG_DIRS ?? "/etc/xdg", "/etc"];
  const data = [env.XDG_DATA_HOME ?? `${home}/.local/share`, env.XDG_DATA_DIRS ?? "/usr/local/share:/usr/share"];
  return [...configuration, ...data, "/usr/local/etc"]
    .flatMap((folders) => folders.split(":"))
    .map((folder) => `${folder}/vulkan/icd.d`);
}
