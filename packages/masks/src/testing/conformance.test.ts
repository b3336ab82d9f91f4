import { and } from "../algebra/and.ts";
import { not } from "../algebra/not.ts";
import { or } from "../algebra/or.ts";
import { packed } from "../algebra/packed.ts";
import { positioned } from "../algebra/positioned.ts";
import { mask } from "../mask-plugin.ts";
import { causal } from "../primitives/causal.ts";
import { custom } from "../primitives/custom.ts";
import { dense } from "../primitives/dense.ts";
import { documents } from "../primitives/documents.ts";
import { full } from "../primitives/full.ts";
import { padding } from "../primitives/padding.ts";
import { prefix } from "../primitives/prefix.ts";
import { window } from "../primitives/window.ts";
import { stride } from "./arbitrary-mask.ts";
import { describeMask } from "./describe-mask.ts";

const ids = Array.from({ length: 29 }, (_, at) => (at < 26 ? Math.floor(at / 9) : -1));
const lengths = [0, 1, 7, 40];
const byHead = mask("by-head", () => ({ heads: 3, visible: (_b, h, q, k) => q - k === h }));
/** A name for a composition of others. */
const nearPast = mask("near-past", ({ left }: { left: number }) => and(causal(), window({ left, right: left })), {
  parameters: ["left"],
});

describeMask("full", () => full());
describeMask("causal(-2)", () => causal({ offset: -2 }));
describeMask("prefix by row", () => prefix({ lengths }));
describeMask("padding by row", () => padding({ lengths }));
describeMask("window(3, 2)", () => window({ left: 3, right: 2 }));
describeMask("documents", () => documents({ ids }));
describeMask("documents of two streams", () => documents({ ids: [ids], keyIds: [ids.toReversed()] }));
describeMask("dense", () => dense({ values: [1, 0, 0, 1, 1, 0], shape: [3, 1, 1, 2], ones: "masked" }));
describeMask("not", () => not(window({ left: 4 })));
describeMask("prefix-LM", () => and(or(prefix({ lengths }), causal()), padding({ lengths: 20 })));
describeMask("packed prefix-LM", () => packed(or(prefix({ lengths: [2, 1, 5] }), causal()), ids));
describeMask("positioned", () => positioned(causal(), { queries: [ids], keys: [ids] }));
describeMask("and", and, { children: 3 });
describeMask("or", or, { children: 3 });
describeMask("not", not, { children: 1 });
describeMask("packed", (inner) => packed(inner, ids), { children: 1, childRows: 3 });
describeMask("packed, of two streams", (inner) => packed(inner, [ids], [ids]), { children: 1, childRows: 3 });
describeMask("positioned", (inner) => positioned(inner, { queries: ids, keys: ids }), { children: 1 });
describeMask("a plugin without classify", () => stride.create({ step: 3 }), { plugins: [stride] });
describeMask("a plugin by head", () => byHead.create(), { plugins: [byHead] });
describeMask("a named composition", () => nearPast.create({ left: 3 }), { plugins: [nearPast] });
describeMask("custom with options", () => custom("even-keys", (_b, _h, _q, k) => k % 2 === 0, { options: {} }), {
  skip: [{ reason: "no plugin makes it", tests: ["JSON gives the same mask back", "text gives the same mask back"] }],
});
