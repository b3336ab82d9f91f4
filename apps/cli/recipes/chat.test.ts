import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runAlone, runTrivium } from "./run-trivium.ts";
import { typeOnTerminal, withoutTerminal } from "./terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-chat-"));
const special = ["<pad>", "<s>", "<u>", "</s>", "<a>"];
const vocab = Object.fromEntries([...special, ..."abcdefghijklmnopqrstuvwxyz"].map((text, id) => [text, id]));
const bytes = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
const tokenizer = {
  added_tokens: special.map((content, id) => ({ id, content, special: true })),
  pre_tokenizer: bytes,
  decoder: bytes,
  model: { type: "BPE", vocab, merges: [] },
};
const template = "{% for m in messages %}{{ ('<a>' if m.role == 'assistant' else '<u>') + m.content }}{% endfor %}<a>";

beforeAll(() => {
  cpSync(join(import.meta.dirname, "../../../packages/pretrained/fixtures/llama"), join(folder, "plain"), {
    recursive: true,
  });
  writeFileSync(join(folder, "plain/tokenizer.json"), JSON.stringify(tokenizer));
  cpSync(join(folder, "plain"), join(folder, "model"), { recursive: true });
  writeFileSync(join(folder, "model/chat_template.jinja"), template);
  writeFileSync(join(folder, "own.jinja"), template);
});
afterAll(() => rmSync(folder, { recursive: true }));

const chat = ["chat", "model", "--tokens", "6", "--system", "be"];

const asked = async (args: readonly string[], input: string): Promise<{ prompt: string; answer: string }[]> =>
  JSON.parse((await runAlone([...args, "--json"], folder, input)).stdout);

test("lines of standard input are messages of one conversation", async () => {
  const { stdout, code } = await runAlone(chat, folder, "hi\n\nyes\n");
  const own = ["chat", "plain", "--tokens", "6", "--system", "be", "--chat-template", "own.jinja"];
  const turns = await asked(own, "hi\nyes\n");
  expect(turns.map(({ prompt }) => prompt)).toEqual(["hi", "yes"]);
  expect([stdout, code]).toEqual([turns.map(({ answer }) => `${answer}\n`).join(""), 0]);
});

test("generate --chat answers each prompt as the first message of a conversation, one after the other with --stream", async () => {
  const flags = ["--chat", "--tokens", "6", "--system", "be", "--weights", "bf16"];
  const generated = await runTrivium(["generate", "model", "hi", "yes", ...flags, "--json"], folder);
  const both = JSON.parse(generated.stdout) as { prompt: string; answer: string }[];
  const [turn] = await asked([...chat, "--weights", "bf16"], "hi\n");
  expect([both[0]?.answer, both[1]?.prompt]).toEqual([turn?.answer, "yes"]);
  const { stdout } = await runTrivium(["generate", "model", "hi", "yes", ...flags, "--stream"], folder);
  expect(stdout).toBe(both.map(({ prompt, answer }) => `${prompt}\t${answer}\n`).join(""));
});

test("what cannot be talked with is refused in one line", async () => {
  for (const [args, message] of [
    [["chat", "plain"], /plain has no chat template: .*\(--chat-template FILE\)$/],
    [["chat", "plain", "--chat-template", "nope"], /cannot read the chat template in nope: there is no such file/],
    [["chat"], /which model\?/],
    [["generate", "plain", "hi", "--chat"], /plain has no chat template/],
    [["generate", "model", "hi", "--system", "be"], /--system is of conversations; add --chat/],
    [
      ["generate", "model", "hi", "--stream", "--json"],
      /--stream shows one answer of each prompt as text; leave out --json/,
    ],
  ] as const) {
    const { code, stderr } = await runTrivium([...args], folder);
    expect([code, stderr.trimEnd().split("\n").at(-1)]).toEqual([2, expect.stringMatching(message)]);
  }
});

test("on a terminal lines are typed, /clear begins anew, and Ctrl-D ends", async (context) => {
  if (withoutTerminal) return context.skip(withoutTerminal);
  const keys = ["hi\r", "/clear\r", "hi\r", "\u0004"];
  const shown = await typeOnTerminal(chat, folder, { prompt: "[0J> ", keys });
  const answers = shown.split(/\r*\n/).filter((line) => /^[a-z]{3,}$/.test(line));
  expect(shown).toContain("/clear begins anew");
  expect(answers).toHaveLength(2);
  expect(answers[0]).toBe(answers[1]);
});
