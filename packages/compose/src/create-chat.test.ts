import { join } from "node:path";
import type { Files } from "@trivium/checkpoint";
import { folderFiles } from "@trivium/checkpoint/node";
import type { LogitsProcessor, RowProcessor } from "@trivium/generate";
import { pretrainedPlugins } from "@trivium/pretrained";
import { type AnyPlugin, createRegistry } from "@trivium/registry";
import { disposeTree, tf } from "@trivium/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { huggingFacePlugin } from "./hugging-face.ts";
import { createChat, mergeRecipes, type OpenedModel, readRecipe } from "./index.ts";
import { openModel } from "./open-model.ts";
import { registry as runs } from "./testing/registry.ts";

const registry = createRegistry<AnyPlugin>([...runs.plugins, ...pretrainedPlugins, huggingFacePlugin]);
const bytes = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
const special = ["<pad>", "<s>", "<u>", "</s>", "<a>"];
const vocab = Object.fromEntries([...special, ..."abcdefghijklmnopqrstuvwxyz"].map((text, id) => [text, id]));
const texts: Readonly<Record<string, unknown>> = {
  "tokenizer.json": {
    added_tokens: special.map((content, id) => ({ id, content, special: true })),
    pre_tokenizer: bytes,
    decoder: bytes,
    model: { type: "BPE", vocab, merges: [] },
  },
  "tokenizer_config.json": {
    chat_template:
      "{% for m in messages %}{{ ('<a>' if m.role == 'assistant' else '<u>' if m.role == 'user' else '<s>') + m.content }}" +
      "{% endfor %}{% if add_generation_prompt %}<a>{% endif %}",
  },
};

/** The fixture with a tokenizer of letters, and a template. */
function filesWith(more: Readonly<Record<string, unknown>>): Files {
  const folder = folderFiles(join(import.meta.dirname, "../../pretrained/fixtures/llama"));
  return {
    ...folder,
    list: async () => [...(await folder.list()), ...Object.keys(more)],
    read: (path, range) =>
      path in more ? Promise.resolve(new TextEncoder().encode(JSON.stringify(more[path]))) : folder.read(path, range),
  };
}

const open = (more = texts, architecture?: string): Promise<OpenedModel> =>
  openModel(filesWith(more), {
    registry,
    change: (recipe) => readRecipe(mergeRecipes(recipe, { backend: { name: "cpu" }, architecture })),
  });

let opened: OpenedModel;
beforeAll(async () => {
  opened = await open();
});
afterAll(() => disposeTree(opened.parameters));

const all = async (parts: AsyncIterable<string>): Promise<string> => {
  let whole = "";
  for await (const part of parts) whole += part;
  return whole;
};

/** Letters alone, which are read again as they were written. */
const letters: LogitsProcessor = {
  name: "letters",
  create() {
    const row: RowProcessor = {
      apply: (logits) => void logits.fill(-Infinity, 0, special.length),
      accept() {},
      fork: () => row,
    };
    return row;
  },
};

test("a conversation is kept, goes on without being read again, and begins anew", async () => {
  const before = tf.memory().numTensors;
  const chat = createChat(opened, { system: "be", tokens: 5, processors: [letters] });
  const first = await all(chat.say("hi"));
  expect(chat.messages).toEqual([
    { role: "system", content: "be" },
    { role: "user", content: "hi" },
    { role: "assistant", content: first },
  ]);
  const second = await all(chat.say("yes"));
  expect(chat.reused).toBeGreaterThan(0);
  const anew = createChat(opened, { system: "be", tokens: 5, processors: [letters] });
  await all(anew.say("hi"));
  expect(await all(anew.say("yes"))).toBe(second);
  chat.clear();
  expect(chat.messages).toEqual([{ role: "system", content: "be" }]);
  expect(await all(chat.say("hi"))).toBe(first);
  chat.dispose();
  anew.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("an answer that is broken off stays as far as it came", async () => {
  const chat = createChat(opened, { tokens: 20 });
  const controller = new AbortController();
  let said = "";
  for await (const part of chat.say("hi", { signal: controller.signal })) {
    said += part;
    controller.abort();
  }
  expect(chat.messages).toEqual([
    { role: "user", content: "hi" },
    { role: "assistant", content: said },
  ]);
  chat.dispose();
});

describe("refused in one line", () => {
  test("a model without a chat template", async () => {
    const { "tokenizer.json": tokenizer } = texts;
    const plain = await open({ "tokenizer.json": tokenizer });
    expect(() => createChat(plain)).toThrow(/has no chat template: .*\(--chat-template FILE\)/);
    disposeTree(plain.parameters);
  });

  test("a conversation that leaves no room, which is not kept", async () => {
    const chat = createChat(opened);
    await expect(all(chat.say("x".repeat(70)))).rejects.toThrow(
      /takes 72 tokens and the model has 64; begin a new one/,
    );
    expect(chat.messages).toEqual([]);
    chat.dispose();
  });
});

test("a prefix model reads each conversation anew", async () => {
  const prefix = await open(texts, "prefix");
  const chat = createChat(prefix, { tokens: 4 });
  await all(chat.say("hi"));
  await all(chat.say("yes"));
  expect(chat.reused).toBe(0);
  chat.dispose();
  disposeTree(prefix.parameters);
});
