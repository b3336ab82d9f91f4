/** A file of a drop, with its path behind the folder that was dropped; without a folder its name. */
export interface DroppedFile {
  readonly path: string;
  readonly file: File;
}

/** Files that were dropped, those in dropped folders among them. */
export async function droppedFiles(transfer: DataTransfer | null): Promise<DroppedFile[]> {
  // Entries have to be asked for before the first pause: then the drop is over.
  const entries = [...(transfer?.items ?? [])].map((item) => item.webkitGetAsEntry());
  const found = await Promise.all(entries.map((entry) => (entry ? filesOf(entry, "") : [])));
  return found.flat();
}

/** The file that was chosen by a button, which knows the folder that it was chosen from. */
export const chosenFile = (file: File): DroppedFile => ({
  path: file.webkitRelativePath.split("/").slice(1).join("/") || file.name,
  file,
});

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

async function filesOf(entry: FileSystemEntry, path: string): Promise<DroppedFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path: path === "" ? entry.name : path, file }];
  }
  if (!isFolder(entry)) return [];
  const inside: FileSystemEntry[] = [];
  const reader = entry.createReader();
  // A reader gives a hundred entries at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    inside.push(...some);
  }
  const found = await Promise.all(inside.map((one) => filesOf(one, path === "" ? one.name : `${path}/${one.name}`)));
  return found.flat();
}
