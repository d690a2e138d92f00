/** Words of boards and notes. */
import { dictionaryWith } from "../i18n/language.svelte";
import type { BoardTemplate } from "../protocol/protocol";

/** Labels of a template's areas; the nine squares are named by their numbers. */
type AreaLabels = Record<Exclude<BoardTemplate, "nine_squares">, readonly string[]>;

const ja = {
  room_board: "部屋のボード",
  plenary_board: "全体のボード",
  areas: {
    free: ["ボード"],
    affinity: ["付箋"],
    kpt: ["Keep（続けたいこと）", "Problem（困っていること）", "Try（やってみたいこと）"],
    now_ideal_step: ["現状", "ありたい姿", "一歩"],
    four_steps: ["共有", "共感", "共働", "共創"],
  } satisfies AreaLabels as AreaLabels,
  handle: "動かす",
  handle_hint: "つかんで動かせます。キーボードでは、矢印キーで上下とほかの欄に動かせます。",
  moved_to: (area: string, place: number, count: number) => `${area}の${count}件中${place}番目に動かしました。`,
  someone_editing: (name: string) => (name === "" ? "だれかが直しています" : `${name}さんが直しています`),
  someone_moving: (name: string) => (name === "" ? "だれかが動かしています" : `${name}さんが動かしています`),
  left: (count: number) => `あと${count}文字`,
  square: (square: number) => (square === 5 ? "テーマ" : `${square}`),
  empty: "まだ付箋がありません。",
  write: "付箋を書く",
  post: "貼る",
  post_hint: "Enterで改行、Ctrl（⌘）+Enterで貼れます。",
  readers_room: "部屋の人・幹事・進行に",
  readers_plenary: "参加している全員に",
  name_shown: "名前つきで見えます。",
  name_hidden: "名前なしで見えます。",
  silent: "だまって書く時間です。ほかの人の付箋は、終わるといっせいに出ます。",
  silent_readers: "いまは自分にだけ見えています。",
  pending: "保存待ち",
  saved: "保存しました",
  sending_full: "送れていないものが多いため、いまは貼れません。つながるまでお待ちください。",
  count: (count: number) => `${count}件`,
  marked: (count: number) => `共感 ${count}`,
  of_note: (text: string) => `：${text}`,
  actions: "操作",
  harvested: "全体に出ています",
  from_room: (number: number, name: string) => (name === "" ? `部屋 ${number}から` : `部屋 ${number}（${name}）から`),
  by_me: "自分",
  edited_by: (name: string) => `${name}さんが直しました`,
  half_written: "まだ貼っていない文があります",
  half_written_why: "このボードは閉じられました。必要なら写してお使いください。",
  returned: "保存できなかった文があります",
  typing: (names: string) => `${names}さんが書いています`,
  someone_typing: "だれかが書いています",
};

export type Texts = typeof ja;

export const texts = dictionaryWith(ja, () => import("./texts.en"));

/** The label of an area. */
export function areaLabel(template: BoardTemplate, area: number): string {
  if (template === "nine_squares") return texts().square((area % 9) + 1);
  return texts().areas[template][area] ?? "";
}
