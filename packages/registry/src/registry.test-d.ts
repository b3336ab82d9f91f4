import { defineKind } from "./plugin.ts";
import { createRegistry } from "./registry.ts";

const shape = defineKind<(options: never) => { area: number }>()("shape");
const square = shape("square", ({ side }: { side: number }) => ({ area: side * side }));
const registry = createRegistry([square]);

registry.get("shape", "square")({ side: 1 }).area satisfies number;
// @ts-expect-error an unknown name is a compile error
registry.get("shape", "circle");
// @ts-expect-error an unknown kind is a compile error
registry.get("color", "square");
// @ts-expect-error a creator that does not return what the kind asks for
shape("wrong", () => 3);
