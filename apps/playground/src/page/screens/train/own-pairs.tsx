import { FileDrop } from "../../parts/file-drop.tsx";
import { texts } from "../../preferences.ts";
import { ownPairs, pairsSaid, state, takeFile, takePairs } from "./train-model.ts";

/** The reader's own pairs, pasted, chosen or dropped; what the readers of data say of them stands below. */
export function OwnPairs() {
  const { own: said } = texts.value.train;
  const { notes, error } = pairsSaid.value;
  return (
    <FileDrop
      label={said.label}
      choose={said.file}
      drop={said.drop}
      accept=".tsv,.txt,text/tab-separated-values"
      onFiles={([dropped]) => {
        if (dropped) void takeFile(dropped.file);
      }}
    >
      <label class="field" for="pairs">
        <span>{said.help}</span>
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
      <div id="pairs-said" role="status">
        {error ? <p class="error">{error}</p> : null}
        {error ? null : notes.map((note) => <Note key={note} text={note} />)}
        {ownPairs.value !== "" && state.value.d === "" ? <Note text={said.notInLink} /> : null}
      </div>
    </FileDrop>
  );
}

const Note = ({ text }: { readonly text: string }) => <p class="quiet">{text}</p>;
