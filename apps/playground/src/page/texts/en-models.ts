import { grouped } from "./grouped.ts";
import type { DecodeTexts, LookTexts, ModelTexts } from "./model-texts.ts";

const positions = (count: number) => `${grouped(count)} ${count === 1 ? "position" : "positions"}`;
const span = ([first, last]: readonly [number, number]) => (first === last ? `${first}` : `${first}–${last}`);

export const models: ModelTexts = {
  label: "Models",
  sources: {
    bundled: "three small models that reverse letters",
    trained: "those that I trained here",
    file: "a checkpoint of mine",
  },
  fileLabel: "Checkpoint",
  fileHelp:
    "Drop the folder of a run of Trivium, or model.safetensors and config.json of it, or those of Hugging Face with tokenizer.json. Nothing leaves this page.",
  choose: "Choose the files",
  drop: "Let go to open the files",
  notTrained: "Nothing was trained in this page yet. Train the three, pause, and come back:",
  opening: "Opening the models …",
  about: (name, parameters, length) => `${name}: ${grouped(parameters)} parameters, up to ${grouped(length)} tokens`,
};

export const look: LookTexts = {
  title: "Look into the heads",
  intro:
    "Every head of every layer on the same text, for each model. Colour is the weight of attention; hatching is what the mask hides. A key that may be seen and has no weight is dark, not hatched.",
  explain: [
    {
      text: "Each small picture is a head, each row of them a layer. The large picture is the chosen head: its rows are queries, its columns the keys that they read.",
      link: "",
    },
    { text: "The mean of all heads of the first layer: what one head does alone is weaker in it.", link: "h=-1" },
    {
      text: "The source of the prefix model, locked: each of its positions may read the whole source. The causal model's is hatched above the diagonal.",
      link: "p=1.0.6.0.6",
    },
    { text: "The encoder of the encoder–decoder: nothing is hatched, since it hides nothing.", link: "k=encoder" },
    { text: "Cross-attention: rows are positions of the answer, columns positions of the source.", link: "k=cross" },
    {
      text: "Rollout multiplies the layers, with the residual stream. It says from where something can have come, not that it did.",
      link: "r=yes",
    },
  ],
  help: "Hover a cell to read it, click or drag to lock cells. By keyboard: arrows move, Shift and arrows select, Enter locks and lets go. Bars to the right belong to queries, bars below to keys.",
  caution:
    "Attention is not an explanation: a weight says where a head reads, not what it takes from there, nor what later layers make of it.",
  text: "Text",
  target: "Target",
  ownAnswer: "the model's own answer",
  rollout: "Rollout: all layers multiplied, with the residual stream",
  rolloutOf: (layers) => `Rollout of ${layers} ${layers === 1 ? "layer" : "layers"}`,
  heads: "Heads",
  kinds: { decoder: "Self-attention", encoder: "Encoder", cross: "Cross-attention" },
  head: (layer, head) => `layer ${layer + 1}, ${head < 0 ? "mean of the heads" : `head ${head + 1}`}`,
  mean: "mean",
  answered: "its own answer",
  shown: "target",
  cut: (tokens) => `The text is longer: its first ${grouped(tokens)} tokens are shown.`,
  matrixLabel: (name, queries, keys) => `${name}: ${queries} queries by ${keys} keys`,
  weight: (query, key, weight) => `query ${query} gives key ${key} the weight ${weight.toFixed(3)}`,
  hidden: (query, key) => `query ${query}, key ${key}: hidden by the mask`,
  area: (queries, keys, weight) =>
    `queries ${span(queries)} give keys ${span(keys)} the weight ${weight.toFixed(3)} on average`,
  bars: "Bars: how evenly a query reads, and what a key receives on average.",
};

export const decode: DecodeTexts = {
  title: "Decode step by step",
  intro:
    "One answer as it is found: what is cached, what the model thinks of next, and which beginnings the search keeps. Nothing plays by itself; go forwards and back.",
  explain: [
    {
      text: "The first step: the ten most probable first tokens. The entropy says how sure the model is; 0 nats would be certain.",
      link: "",
    },
    {
      text: "Two steps on: the cache has grown by two positions, and the tree by the beginnings that the search keeps and drops.",
      link: "i=2",
    },
    { text: "The prefix model seals its prefix: all beams read the same cached source.", link: "v=1&i=2" },
    {
      text: "The encoder–decoder keeps the source in a memory of its own, written once; its cache holds the target alone.",
      link: "v=2&i=2",
    },
    { text: "Greedy search keeps one beginning, with the most probable token at each step.", link: "g=greedy&i=3" },
    {
      text: "Four beams without a length penalty: the score is the log-probability itself, which every further token lowers.",
      link: "a=0&b=4&i=3",
    },
    { text: "Sampling at temperature 2 takes less probable tokens often.", link: "g=sample&e=2&i=3" },
  ],
  model: "Model",
  strategy: "Search",
  strategies: { beam: "beam search", greedy: "greedy", sample: "sampling" },
  beam: "Beams",
  penalty: "Length penalty",
  temperature: "Temperature",
  step: "Step",
  first: "First",
  last: "Last",
  answer: "Answer so far:",
  next: "The ten most probable",
  hardly: "< 0.1 %",
  entropy: (nats) => `entropy ${nats.toFixed(3)} nats`,
  row: (row, rows) => `beam ${row + 1} of ${rows}`,
  given: "This token was given.",
  choose: "Choose another token, and the search goes on from it.",
  givenTokens: (tokens) => `Given: ${tokens}`,
  keep: "Keep the answer up to here",
  free: "Give nothing",
  cache: "Cache",
  layer: (layer) => `layer ${layer + 1}`,
  memory: "source",
  parts: {
    sealed: (count) => `sealed prefix: ${positions(count)}`,
    prompt: (count) => `prompt: ${positions(count)}`,
    decoded: (count) => `decoded: ${positions(count)}`,
    free: (count) => `free: ${positions(count)}`,
  },
  sourceMemory: (count) => `source memory, written once: ${positions(count)}`,
  pages: (rows, used, size, bytes) =>
    `${rows} ${rows === 1 ? "row" : "rows"} in ${used} pages of ${size} positions; ${grouped(bytes)} bytes moved so far`,
  tree: "Beginnings of answers",
  treeHelp:
    "Struck through and dashed: left by the search. Thick: the answer. Underlined: the most probable token at each step (greedy).",
  hypotheses: "Hypotheses",
  hypothesis: "Tokens",
  state: "State",
  states: { open: "open", ended: "ended", pruned: "pruned" },
  logProbability: "Log-probability",
  score: "Score",
  export: "Export",
  exportHelp: "The trace is the events of generate, one a line.",
  exportTrace: "Trace (JSONL)",
};
