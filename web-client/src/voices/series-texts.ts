/** Words of the pulse over meetings. */
import { dictionary } from "../i18n/language.svelte";

const ja = {
  lines: "回ごとの平均",
  summary: (meetings: number, first: number, last: number) =>
    `${meetings}回のモヤモヤ指数の平均。はじめの回は${first}%、いちばん新しい回は${last}%です。`,
  this_meeting: "この回",
  meeting: "回",
  held: "開催日",
  mean: "平均",
  count: "答えの数",
  answers: (count: number) => `${count}件`,
};

const en: typeof ja = {
  lines: "Mean by meeting",
  summary: (meetings, first, last) =>
    `Mean fog index of ${meetings} meetings: ${first}% in the first, ${last}% in the latest.`,
  this_meeting: "this one",
  meeting: "Meeting",
  held: "Held",
  mean: "Mean",
  count: "Answers",
  answers: (count) => `${count}`,
};

export const texts = dictionary(ja, en);
