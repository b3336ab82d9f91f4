import { useSignal } from "@preact/signals";
import { texts } from "../../preferences.ts";
import { ownPairs, pairsSaid, state, takePairs } from "./train-model.ts";

/** The reader's own pairs, pasted, chosen or dropped; what the readers of data say of them stands below. */
export function OwnPairs() {
  const { own: said } = texts.value.train;
  const isOver = useSignal(false);
  const take = async (file: File | undefined) => {
    if (file) await takePairs(new Uint8Array(await file.arrayBuffer()));
  };
  const { notes, error } = pairsSaid.value;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a place to drop files on.
    <div
      class="own"
      role="group"
      aria-label={said.label}
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
        void take(event.dataTransfer?.files[0]);
      }}
    >
      <label class="field" for="pairs">
        <span>{isOver.value ? said.drop : said.help}</span>
        <textarea
          id="pairs"
          rows={6}
          spellcheck={false}
          value={ownPairs.value}
          aria-invalid={error !== undefined}
          aria-describedby="pairs-said"
          onChange={({ currentTarget }) => void takePairs(currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>{said.file}</span>
        <input
          type="file"
          accept=".tsv,.txt,text/tab-separated-values"
          onChange={({ currentTarget }) => void take(currentTarget.files?.[0])}
        />
      </label>
      <div id="pairs-said" role="status">
        {error ? (
          <p class="error">{error}</p>
        ) : (
          notes.map((note) => (
            <p key={note} class="quiet">
              {note}
            </p>
          ))
        )}
        {ownPairs.value !== "" && state.value.d === "" ? <p class="quiet">{said.notInLink}</p> : null}
      </div>
    </div>
  );
}
