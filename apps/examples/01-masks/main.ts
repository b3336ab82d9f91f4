/** Draws who sees whom in each architecture, and in a mask of your own. */
import { and, causal, custom, drawAscii, drawSideBySide, full, or, prefix, visiblePairs, window } from "@trivium/masks";

const source = ["t", "h", "e", "|"];
const target = ["d", "i", "e"];
const row = [...source, ...target];
const whole = { queries: row.length, keys: row.length, queryLabels: row, keyLabels: row };
const [m, t] = [source.length, target.length];

// One stream: source, separator and target in one row. The prefix ends with the separator.
const causalMask = causal();
const prefixMask = or(prefix({ lengths: m }), causal());
console.log(
  drawSideBySide([
    drawAscii(causalMask, { ...whole, title: "causal" }),
    drawAscii(prefixMask, { ...whole, title: "prefix" }),
  ]),
);

// Two streams, three masks: the source sees itself, the target its past and all of the source.
console.log("\nencoder-decoder: source → source, target → source, target → target");
console.log(
  drawSideBySide([
    drawAscii(full(), { queries: m, keys: m, queryLabels: source, keyLabels: source }),
    drawAscii(full(), { queries: t, keys: m, queryLabels: target, keyLabels: source }),
    drawAscii(causal(), { queries: t, keys: t, queryLabels: target, keyLabels: target }),
  ]),
);

// Your own: a predicate, and the algebra. Each position sees its neighbour and every landmark before it.
const landmarks = custom("landmarks", (_row, _head, _query, key) => key % 3 === 0);
const own = and(causal(), or(window({ left: 1 }), landmarks));
console.log(`\n${drawAscii(own, { ...whole, title: "causal & (window(1) | landmarks)" })}`);

const pairs = {
  causal: visiblePairs(causalMask, whole),
  prefix: visiblePairs(prefixMask, whole),
  encoderDecoder:
    visiblePairs(full(), { queries: m, keys: m }) +
    visiblePairs(full(), { queries: t, keys: m }) +
    visiblePairs(causal(), { queries: t, keys: t }),
  own: visiblePairs(own, whole),
};
console.log(`\nvisible pairs: ${JSON.stringify(pairs)}`);
