import { grouped } from "./grouped.ts";
import type { DecodeTexts, LookTexts, ModelTexts } from "./model-texts.ts";

const span = ([first, last]: readonly [number, number]) => (first === last ? `${first}` : `${first}–${last}`);

export const models: ModelTexts = {
  label: "模型",
  sources: { bundled: "三个把字母倒过来的小模型", trained: "我在此页训练的模型", file: "我自己的检查点" },
  fileLabel: "检查点",
  fileHelp:
    "拖入 Trivium 的训练文件夹，或其中的 model.safetensors 与 config.json，或 Hugging Face 的同名文件（连同 tokenizer.json）。文件不会离开本页。",
  choose: "选择文件",
  drop: "松开即可打开",
  notTrained: "本页还没有训练过模型。先训练三种架构，暂停后再回来：",
  opening: "正在打开模型……",
  about: (name, parameters, length) => `${name}：${grouped(parameters)} 个参数，至多 ${grouped(length)} 个词元`,
};

export const look: LookTexts = {
  title: "细看各个注意力头",
  intro:
    "同一段文本在每个模型、每一层、每个头上的注意力。颜色是注意力权重，斜线是掩码隐藏之处：看得见而权重为零的键是深色，不是斜线。",
  help: "悬停可读出一格，点击或拖动可锁定若干格。键盘：方向键移动，Shift 加方向键选择，回车锁定或放开。右侧的条属于查询，下方的条属于键。",
  caution: "注意力不是解释：权重只说明一个头读了哪里，不说明它取走了什么，也不说明后面的层如何使用。",
  text: "文本",
  target: "目标",
  ownAnswer: "模型自己的回答",
  rollout: "逐层相乘（rollout），计入残差流",
  rolloutOf: (layers) => `${layers} 层相乘`,
  heads: "注意力头",
  kinds: { decoder: "自注意力", encoder: "编码器", cross: "交叉注意力" },
  head: (layer, head) => `第 ${layer + 1} 层，${head < 0 ? "各头平均" : `第 ${head + 1} 头`}`,
  mean: "平均",
  answered: "自己的回答",
  shown: "目标",
  cut: (tokens) => `文本更长：此处只显示前 ${grouped(tokens)} 个词元。`,
  matrixLabel: (name, queries, keys) => `${name}：${queries} 个查询 × ${keys} 个键`,
  weight: (query, key, weight) => `查询 ${query} 给键 ${key} 的权重为 ${weight.toFixed(3)}`,
  hidden: (query, key) => `查询 ${query}，键 ${key}：被掩码隐藏`,
  area: (queries, keys, weight) => `查询 ${span(queries)} 平均给键 ${span(keys)} 的权重为 ${weight.toFixed(3)}`,
  bars: "条形：查询读得多均匀，键平均得到多少。",
};

export const decode: DecodeTexts = {
  title: "逐步解码",
  intro: "看一个回答如何产生：缓存里有什么，模型认为接下来是什么，搜索保留了哪些开头。不会自动播放，可前进也可后退。",
  model: "模型",
  strategy: "搜索",
  strategies: { beam: "束搜索", greedy: "贪心", sample: "采样" },
  beam: "束宽",
  penalty: "长度惩罚",
  temperature: "温度",
  step: "步",
  first: "第一步",
  last: "最后一步",
  answer: "目前的回答：",
  next: "最可能的十个词元",
  hardly: "< 0.1%",
  entropy: (nats) => `熵 ${nats.toFixed(3)} 纳特`,
  row: (row, rows) => `第 ${row + 1} 束，共 ${rows} 束`,
  given: "这个词元是给定的。",
  choose: "选择别的词元，搜索就从它继续。",
  givenTokens: (tokens) => `给定：${tokens}`,
  keep: "保留到此为止的回答",
  free: "不给定",
  cache: "缓存",
  layer: (layer) => `第 ${layer + 1} 层`,
  memory: "源文",
  parts: {
    sealed: (count) => `封存的前缀：${grouped(count)} 个位置`,
    prompt: (count) => `提示：${grouped(count)} 个位置`,
    decoded: (count) => `已解码：${grouped(count)} 个位置`,
    free: (count) => `空闲：${grouped(count)} 个位置`,
  },
  sourceMemory: (count) => `源文记忆，只写一次：${grouped(count)} 个位置`,
  pages: (rows, used, size, bytes) =>
    `${rows} 行占用 ${used} 页，每页 ${size} 个位置；至今移动了 ${grouped(bytes)} 字节`,
  tree: "回答的各种开头",
  treeHelp: "划去并用虚线的：被搜索舍弃。粗线：最终回答。下划线：每一步最可能的词元（贪心）。",
  hypotheses: "假设",
  hypothesis: "词元",
  state: "状态",
  states: { open: "进行中", ended: "已结束", pruned: "被舍弃" },
  logProbability: "对数概率",
  score: "得分",
  export: "导出",
  exportHelp: "记录就是 generate 的事件，每行一个。",
  exportTrace: "记录（JSONL）",
};
