import { useEffect } from "preact/hooks";
import type { ModelChoice } from "../../../address/model-fields.ts";
import { SelectControl } from "../../parts/controls.tsx";
import { FileDrop } from "../../parts/file-drop.tsx";
import { texts } from "../../preferences.ts";
import { droppedFiles, keyOf, opened, openingFailed, openModels, sourceOf } from "./open-models.ts";

interface ModelPickerProps {
  readonly chosen: ModelChoice;
  readonly onChoose: (chosen: ModelChoice) => void;
}

/** Chooses where models come from and opens them: those beside the page, those of the screen of training, or files. */
export function ModelPicker({ chosen, onChoose }: ModelPickerProps) {
  const { models: said } = texts.value;
  const source = sourceOf(chosen);
  useEffect(() => {
    if (source) void openModels(source);
  }, [source && keyOf(source)]);
  return (
    <>
      <div class="row">
        <SelectControl
          label={said.label}
          value={chosen}
          options={(["bundled", "trained", "file"] as const).map((one) => [one, said.sources[one]] as const)}
          onValue={onChoose}
        />
      </div>
      {chosen === "file" ? (
        <FileDrop
          label={said.fileLabel}
          choose={said.choose}
          drop={said.drop}
          isMultiple
          onFiles={(files) => {
            droppedFiles.value = files;
          }}
        >
          <p class="quiet">{said.fileHelp}</p>
        </FileDrop>
      ) : null}
      <ModelState isMissing={source === undefined} chosen={chosen} />
    </>
  );
}

/** What is open, or why nothing is. */
function ModelState({ chosen, isMissing }: { readonly chosen: ModelChoice; readonly isMissing: boolean }) {
  const { models: said, train } = texts.value;
  if (isMissing && chosen === "file") return null;
  if (isMissing)
    return (
      <p class="note" role="status">
        {said.notTrained} <a href="#/train">{train.title}</a>
      </p>
    );
  if (openingFailed.value !== "") return <p class="error">{openingFailed.value}</p>;
  const models = opened.value;
  if (!models) return <p role="status">{said.opening}</p>;
  return (
    <>
      <p class="quiet" role="status">
        {models.models.map(({ name, parameters, length }) => said.about(nameOf(name), parameters, length)).join(" · ")}
      </p>
      {models.warnings.map((warning) => (
        <p key={warning} class="note">
          {warning}
        </p>
      ))}
    </>
  );
}

/** The name of a model for people: of an architecture in the reader's language. */
export const nameOf = (name: string): string => {
  const names: Readonly<Record<string, string>> = texts.value.train.arms;
  return names[name] ?? name;
};
