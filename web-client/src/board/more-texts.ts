/** Words of what a board's first view does not need: a note's menu, groups, conflicts, the nine squares. Loaded with these. */
import { dictionaryWith } from "../i18n/language.svelte";
import type { NoteColor } from "../protocol/protocol";

const ja = {
  block: (block: number) => (block === 5 ? "まんなか" : `マス ${block}`),
  nine_map: "9マスの全体",
  block_before: "前のマス",
  block_after: "次のマス",
  no_theme: "まだありません",
  squares_of: (block: string) => `${block}の中の9つ`,
  area: "貼る場所",
  color: "色",
  colors: { yellow: "黄", blue: "青", green: "緑", pink: "桃", white: "白" } satisfies Record<NoteColor, string>,
  edit: "書き直す",
  move: "移動",
  move_to: "移動先",
  move_there: "移す",
  up: "上へ",
  down: "下へ",
  cluster: "まとまり",
  no_cluster: "入れない",
  new_cluster: "新しいまとまりを作る",
  settle_cluster: "決める",
  cluster_name: "まとまりの名前",
  cluster_example: "例：面談の目的",
  name_it: "名前をつける",
  unnamed_cluster: "（名前なし）",
  dissolve: "ほどく",
  dissolved: "まとまりをほどきました。",
  rename: "名前を変える",
  harvest: "全体に出す",
  harvest_done: "全体のボードに出しました。",
  remove: "消す",
  removed: "付箋を消しました。",
  conflict: "編集しているあいだに、ほかの人がこの付箋を書き換えました。",
  current_text: "いまの文",
  your_text: "あなたの文",
  save_mine: "あなたの文で保存する",
  keep_current: "いまの文のままにする",
  join_both: "両方をつなげて書き直す",
  note_gone: "書き直しているあいだに、この付箋は見えなくなりました。",
  copy: "写す（コピー）",
  copied: "写しました",
  take_back: "書く欄に戻す",
  discard: "捨てる",
};

export type Texts = typeof ja;

export const more = dictionaryWith(ja, () => import("./more-texts.en"));
