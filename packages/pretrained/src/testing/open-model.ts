import { fused } from "@trivium/attention";
import { folderFiles } from "@trivium/checkpoint/node";
import { type Architecture, createModel, type LanguageModel, logitsOf } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { type ParameterTree, type Tensor3D, tf } from "@trivium/tensor";
import { type OpenedPretrained, openPretrained, pretrainedPlugins } from "../index.ts";

/** A model of a folder, and its parameters. */
export interface OpenedForTest extends OpenedPretrained {
  readonly model: LanguageModel;
  readonly parameters: ParameterTree;
  /** The logits of the predicting stream, `[L][V]`. @param onStates - receives `[L][M]` before each layer and after the last. */
  logits(ids: Readonly<Record<string, readonly number[]>>, options?: LogitsOptions): Promise<number[][]>;
}

interface LogitsOptions {
  /** Other parameters than its own. */
  readonly from?: ParameterTree | undefined;
  readonly prefixLength?: number | undefined;
  readonly onStates?: ((place: { stream: string; layer: number; states: Tensor3D }) => void) | undefined;
}

export const families = pretrainedPlugins.map(({ create }) => create);
export const architectures: Readonly<Record<string, Architecture>> = { causal, "encoder-decoder": encoderDecoder };

/** Opens a folder on the active backend. @param as - another architecture with the same parameters. */
export async function openForTest(folder: string, as?: Architecture): Promise<OpenedForTest> {
  const opened = await openPretrained(folderFiles(folder), {
    families,
    architecture: (name) => architectures[name] as Architecture,
  });
  const model = createModel({ architecture: as ?? opened.architecture, config: opened.config, attention: fused() });
  const parameters = await opened.load();
  return {
    ...opened,
    model,
    parameters,
    async logits(ids, { prefixLength = 0, onStates, from = parameters } = {}) {
      const rows = Object.entries(ids).map(([name, row]) => [
        name,
        { ids: Int32Array.from(row), lengths: [row.length], length: row.length },
      ]);
      const input = { size: 1, streams: Object.fromEntries(rows), prefixLengths: [prefixLength] };
      const logits = tf.tidy(() => logitsOf(model, from, input, { onStates: (place) => void onStates?.(place) }));
      const [values] = await logits.array();
      logits.dispose();
      return values as number[][];
    },
  };
}
