/** A bidirectional encoder with masked language modelling (BERT), of a user's own: it learns that palindromes mirror. */
import { isPair } from "@trivium/features";
import { type IdCorruption, type InPlaceExample, inPlace } from "@trivium/objectives";
import * as trivium from "trivium";

const selfMask = () => trivium.masks.full();
const encoder: trivium.Architecture<"tokens"> = { name: "encoder", streams: ["tokens"], reads: "all", selfMask };

/** A seventh of the tokens is to be predicted: of ten, eight are hidden, one is replaced, and one is kept in sight. */
const masking: IdCorruption<InPlaceExample> = {
  name: "masking",
  level: "ids",
  needs: ["mask"],
  shows: 0.1,
  apply(example, { special, random, tokenizer }) {
    const labels = isPair(example) ? example.target : example.tokens;
    const weights = labels.map(() => (random.uniform() < 0.15 ? 1 : 0));
    if (!weights.includes(1)) weights[random.integer(weights.length)] = 1;
    const ids = labels.map((id, at) => {
      const way = weights[at] === 1 ? random.uniform() : 1;
      if (way < 0.8) return special.mask as number;
      return way < 0.9 ? random.integer(tokenizer?.size ?? id + 1) : id;
    });
    return { ids, labels, weights };
  },
};
const loss = trivium.tokenLoss({ labelSmoothing: 0, zLoss: 0 });
const objective = trivium.createObjective({ name: "masked-lm", corruption: masking, layout: inPlace(), loss });

const random = trivium.createRandom(1);
const halves = Array.from({ length: 2200 }, () => Array.from({ length: 4 }, () => "abcdefgh"[random.integer(8)]));
const texts = halves.map((half) => ({ text: [...half, ...half.toReversed()].join("") }));
const characters = trivium.createSharedPair(trivium.createCharacterTokenizer({ corpus: ["abcdefgh"] }));
// The mask is a token of its own behind those of the alphabet, and nothing frames a text.
const special = { ...characters.special, mask: characters.size, frame: { source: { before: [], after: [] } } };
const tokenizer = { ...characters, special, size: characters.size + 1 };
const examples = trivium.encodeExamples(texts, tokenizer);
const heldOut = examples.slice(0, 200).map((example) => ({ example, references: [] }));

await trivium.simd.activate();
const config = { vocabulary: tokenizer.size, length: 8, width: 48, layers: 2, heads: 4 };
const task = { objective, special, tokenizer };
const parts = { architecture: encoder, config, attention: trivium.fused(), backend: trivium.simd };
const { model } = trivium.composeOrThrow({ ...parts, objective, tokenizer });
const training = trivium.train({
  task: trivium.languageTask({ model, objective }),
  batches: trivium.createBatchSource({ ...task, examples: examples.slice(200), batchSize: 64, seed: 1 }),
  optimizer: trivium.adamW(),
  schedule: trivium.warmupCosine({ peak: 5e-3, warmupSteps: 30, steps: 400 }),
  steps: 400,
  seed: 1,
});
const { parameters } = await trivium.consume(training);

const scoring = trivium.evaluate({ ...task, model, parameters, heldOut, decodeTarget: tokenizer.decodeTarget });
const { targetLoss, targetTokens } = await trivium.consume(scoring);
const guessing = Math.log(8).toFixed(3);
console.log(`${targetLoss.toFixed(3)} nats for each of ${targetTokens} hidden letters; guessing costs ${guessing}`);
