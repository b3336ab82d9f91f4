import { mask } from "./mask-plugin.ts";
import { causal } from "./primitives/causal.ts";

const parts = { visible: () => true };
const plain = mask("plain", () => parts);
const optional = mask("optional", ({ reach = 1 }: { reach?: number }) => ({
  visible: (_b, _h, q, k) => q - k < reach,
}));
const required = mask("required", ({ reach }: { reach: number }) => ({ visible: (_b, _h, q, k) => q - k < reach }));

plain.create();
optional.create();
required.create({ reach: 1 });
plain.name satisfies "plain";
// @ts-expect-error an option that has no default
required.create();
// @ts-expect-error an option of another type
required.create({ reach: "1" });
// @ts-expect-error children are masks
plain.create({}, [3]);

mask("one", (_options, [inner]) => inner, { children: 1 }).create({}, [causal()]);
mask("two", (_options, [one, other]) => (one.rows === null ? other : one), { children: 2 });
// @ts-expect-error a mask that combines one other has no second
mask("beyond", (_options, [, second]) => second, { children: 1 });
// @ts-expect-error of one or more masks, the second may be missing
mask("some", (_options, [, second]) => second, { children: "some" });
// @ts-expect-error parts without a predicate
mask("blind", () => ({ rows: 2 }));
