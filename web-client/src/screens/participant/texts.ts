/** Words of the participant's screen. */
import { dictionaryWith } from "../../i18n/language.svelte";
import type { TabName } from "./tabs";

const ja = {
  tabs: "画面の切り替え",
  tab: {
    room: "部屋",
    plenary: "全体",
    posters: "ポスター",
    vote: "投票",
    pulse: "モヤモヤ",
    questionnaire: "アンケート",
  } satisfies Record<TabName, string>,
  unvoted: "未投票",
  open_now: "受付中",
  unanswered: "未回答",
  agenda: "きょうの流れ",
  now: "いま",
  done: "終わりました",
  leave: "退出する",
  leave_hint: "席を外すことが、部屋の人と進行に伝わります。書いたものは残り、いつでも戻れます。",
  left: "退出したことを伝えました。このページを閉じてもかまいません。",
  voted_here: "投票済み",
  not_voted_here: "まだ投票していません",
  own_links: "ほかの人は、その人に届いたリンクをこの端末で開いてください。開いたあとは、ここに名前が並びます。",
  other_device: "スマートフォンなど、ほかの端末でも使う",
  other_device_hint: "あなた専用の入口です。ほかの人に見せないでください。",
  other_device_show: "入口のQRコードを出す",
  other_device_code: "あなた専用のリンクのQRコード",
  own_link: "あなた専用のリンク",
  starts: (date: string) => `開始：${date}`,
};

export type Texts = typeof ja;

export const texts = dictionaryWith(ja, () => import("./texts.en"));
