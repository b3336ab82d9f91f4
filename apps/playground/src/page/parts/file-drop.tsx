import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { chosenFile, type DroppedFile, droppedFiles } from "./dropped-files.ts";

interface FileDropProps {
  readonly label: string;
  readonly choose: string;
  /** Said while files are over the place. */
  readonly drop: string;
  readonly accept?: string | undefined;
  readonly isMultiple?: boolean | undefined;
  readonly onFiles: (files: readonly DroppedFile[]) => void;
  readonly children?: ComponentChildren;
}

/** A place to drop files on, with a button that chooses them. */
export function FileDrop({ label, choose, drop, accept, isMultiple = false, onFiles, children }: FileDropProps) {
  const isOver = useSignal(false);
  const take = (files: readonly DroppedFile[]) => {
    if (files.length > 0) onFiles(files);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a place to drop files on.
    <div
      class={isOver.value ? "drop over" : "drop"}
      role="group"
      aria-label={label}
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => {
        isOver.value = false;
      }}
      onDrop={(event) => {
        event.preventDefault();
        isOver.value = false;
        void droppedFiles(event.dataTransfer).then(take);
      }}
    >
      {children}
      <label class="field">
        <span>{isOver.value ? drop : choose}</span>
        <input
          type="file"
          accept={accept}
          multiple={isMultiple}
          onChange={({ currentTarget }) => take([...(currentTarget.files ?? [])].map(chosenFile))}
        />
      </label>
    </div>
  );
}
