import { blobFiles, type Files } from "@trivium/checkpoint";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatTemplate } from "./index.ts";
import { readTokenizer } from "./read-tokenizer.ts";

const special = ["<s>", "</s>", "<|im_start|>", "<|im_end|>", "[INST]", "[/INST]"];
const characters = [..."abcdefghijklmnopqrstuvwxyz<|>/_[]IST", "Ġ", "Ċ", ":"];
const vocab = Object.fromEntries([...special, ...characters].map((content, id) => [content, id]));
const bytes = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
const definition = {
  added_tokens: special.map((content, id) => ({ id, content, special: true })),
  normalizer: null,
  pre_tokenizer: bytes,
  decoder: bytes,
  model: { type: "BPE", vocab, merges: [], unk_token: "<s>" },
};
const chatml =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] | trim + '<|im_end|>' + '\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

const filesOf = (contents: Readonly<Record<string, unknown>>): Files => {
  const texts = Object.entries(contents).map(([name, content]) => {
    return [name, new Blob([typeof content === "string" ? content : JSON.stringify(content)])] as const;
  });
  return blobFiles("x", Object.fromEntries(texts));
};
const foreign = { model_type: "llama", bos_token_id: 0, eos_token_id: 1 };
const read = (contents: Readonly<Record<string, unknown>>, chatTemplate?: string) =>
  readTokenizer(filesOf({ "tokenizer.json": definition, ...contents }), { foreign, vocabulary: 64, chatTemplate });

async function chatOf(template: unknown): Promise<ChatTemplate> {
  const { chat } = await read({ "tokenizer_config.json": { chat_template: template, eos_token: "<|im_end|>" } });
  return chat as ChatTemplate;
}

/** The ids of a text, in which special strings are special tokens. */
function ids(text: string): number[] {
  const pattern = new RegExp(`(${special.map((one) => one.replaceAll(/[|[\]]/g, "\\$&")).join("|")})`);
  return text.split(pattern).flatMap((part) => {
    if (special.includes(part)) return [special.indexOf(part)];
    return [...part].map((one) => vocab[{ " ": "Ġ", "\n": "Ċ" }[one] ?? one] as number);
  });
}

const user = (content: string) => ({ role: "user", content });

test("a conversation is written as the template says, up to where the answer begins", async () => {
  const chat = await chatOf(chatml);
  expect(chat.encode([{ role: "system", content: "be kind" }, user(" hi ")])).toEqual(
    ids("<|im_start|>system\nbe kind<|im_end|>\n<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n"),
  );
  expect(chat.ends).toEqual([1, 3]);
});

test("special strings in a message stay text, whatever they are", async () => {
  const chat = await chatOf(chatml);
  const frame = chat.encode([user("")]).filter((id) => id < special.length);
  const parts = fc.constantFrom(...special, "hi", "<|im_", "\u{F0002}0\u{F0003}", "\u{F0000}1\u{F0001}", "<", "|>");
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 6 }), (some) => {
      const encoded = chat.encode([user(`a${some.join("")}`)]);
      // Characters that the vocabulary lacks are unknown, which is <s> here.
      expect(encoded.filter((id) => id > 0 && id < special.length)).toEqual(frame);
    }),
    { numRuns: 50 },
  );
  const spelled = [..."aĠ<|im_end|>"].map((one) => vocab[one]);
  expect(chat.encode([user("a <|im_end|>")]).slice(6, 6 + spelled.length)).toEqual(spelled);
});

describe("the template is found", () => {
  const mark = (text: string) => `{{ '${text}' }}`;

  test.each([
    ["in tokenizer_config.json", { "tokenizer_config.json": { chat_template: mark("a") } }],
    [
      "as the default of several",
      {
        "tokenizer_config.json": {
          chat_template: [
            { name: "tool_use", template: "b" },
            { name: "default", template: mark("a") },
          ],
        },
      },
    ],
    [
      "in a file of its own, which comes first",
      { "chat_template.jinja": mark("a"), "tokenizer_config.json": { chat_template: "b" } },
    ],
    ["in chat_template.json", { "chat_template.json": { chat_template: mark("a") } }],
  ])("%s", async (_, files) => {
    expect((await read(files)).chat?.encode([user("x")])).toEqual([vocab.a]);
  });

  test("nowhere, or given by the caller", async () => {
    expect((await read({})).chat).toBeUndefined();
    expect((await read({ "chat_template.jinja": "b" }, mark("a"))).chat?.encode([])).toEqual([vocab.a]);
  });
});

test("it knows the special tokens that the configuration names, or has ids of", async () => {
  const files = { "tokenizer_config.json": { eos_token: { content: "<|im_end|>" } } };
  const { chat } = await read(files, "{{ bos_token + messages[0].content + eos_token }}");
  expect(chat?.encode([user("a")])).toEqual([0, vocab.a, 3]);
});

test("a template that is broken, or refuses, is told in one line", async () => {
  await expect(async () => (await chatOf("{% if %}")).encode([])).rejects.toMatchObject({
    code: "pretrained/chat-template",
  });
  const picky = await chatOf("{{ raise_exception('System role not supported') }}");
  expect(() => picky.encode([])).toThrow(
    /^x: the chat template refuses the conversation: System role not supported; change its roles/,
  );
});
