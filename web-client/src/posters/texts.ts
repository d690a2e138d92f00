/** Words of the poster gallery. */
import { dictionary } from "../i18n/language.svelte";

const ja = {
  picture: (team: string) => `${team}のポスター`,
  title: "ポスター",
  lead: "並び順は人ごとに違います。",
  search: "自治体・題名でさがす",
  seen: "見ました",
  seen_count: (seen: number, all: number) => `${all}枚のうち${seen}枚を見ました`,
  only_unseen: "まだ見ていないものだけ",
  none: "あてはまるポスターはありません。",
  open: "読む",
  shut: "たたむ",
  interest: "持ち帰りたい",
  interested_count: (count: number) => `持ち帰りたい ${count}`,
  comments: "コメント",
  comments_hint: "コメントは、書いた人とその自治体、進行・集計担当が読めます。名前が出ます。",
  comment: "コメントを書く",
  send: "送る",
  sent: "コメントを送りました。",
  remove: "コメントを消す",
  own: "自分の自治体",
  own_waiting: "届いたコメントは、ポスターの時間が終わると読めます。",
  withdrawn: "取り下げ",
  no_summary: "概要はありません。",
};

const en: typeof ja = {
  picture: (team) => `Poster of ${team}`,
  title: "Posters",
  lead: "Everybody sees them in another order.",
  search: "Search by municipality or title",
  seen: "Seen",
  seen_count: (seen, all) => `${seen} of ${all} seen`,
  only_unseen: "Only those not seen yet",
  none: "No such poster.",
  open: "Read",
  shut: "Fold",
  interest: "Take home",
  interested_count: (count) => `Take home ${count}`,
  comments: "Comments",
  comments_hint: "Read by you, that municipality, the coordinators and the secretariat. Your name is shown.",
  comment: "Write a comment",
  send: "Send",
  sent: "The comment was sent.",
  remove: "Delete the comment",
  own: "Your municipality",
  own_waiting: "You can read the comments when the poster round is over.",
  withdrawn: "Withdrawn",
  no_summary: "No summary.",
};

export const texts = dictionary(ja, en);
