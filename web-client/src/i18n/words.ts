/** Words of the frame that every screen shares: connection, clock, notices, roles. */
import { dictionaryWith } from "./language.svelte";
import type { Role, RoundKind } from "../protocol/protocol";

const ja = {
  app: "Engawa",
  loading: "開いています…",
  close: "閉じる",
  cancel: "やめる",
  save: "保存",
  undo: "元に戻す",
  earlier_notices: (count: number) => `これより前のもの（${count}件）`,
  reload: "読み込み直す",
  language: "English",
  language_hint: "英語に切り替える",
  menu: "メニュー",
  skip: "本文へ",
  live: "つながっています",
  connecting: "つないでいます",
  resuming: "つなぎ直しています",
  waiting: (seconds: number) => `切れています（あと${seconds}秒でつなぎ直します）`,
  retry_now: "今すぐつなぐ",
  now: "今すぐ",
  ended: "つながっていません",
  unsent: (count: number) => `保存待ち ${count}件`,
  not_kept: {
    forbidden:
      "このブラウザは書きかけを残せない設定です。そのまま使えますが、ページを閉じる前に「保存待ち」がないことを確かめてください。",
    full: "この端末の保存場所がいっぱいです。そのまま使えますが、ページを閉じる前に「保存待ち」がないことを確かめてください。",
  },
  ended_meeting: "このミーティングは終了しました。読むことはできます。",
  announcements: "お知らせ",
  from: (name: string) => `${name}より`,
  from_staff: "進行より",
  read_it: "読みました",
  past_announcements: (count: number) => `読んだお知らせ（${count}件）`,
  question: "問い",
  left: "残り",
  paused: "一時停止中",
  no_clock: "時間は決まっていません",
  last_minute: "残り1分を切りました",
  last_seconds: "まもなく終わります",
  closing: "まもなく全体に戻ります",
  waiting_round: "始まるのを待っています",
  all_ended: "ラウンドは終わりました",
  next_round: (title: string) => `次：${title}`,
  plenary: "全体",
  room: (number: number) => `部屋 ${number}`,
  you: "あなた",
  role: {
    coordinator: "進行",
    facilitator: "幹事",
    secretariat: "集計担当",
    participant: "参加者",
    observer: "オブザーバー",
    screen: "投影画面",
  } satisfies Record<Role, string>,
  kind: {
    plenary: "全体",
    dialogue: "対話",
    posters: "ポスター",
    break: "休憩",
  } satisfies Record<RoundKind, string>,
  minutes: (minutes: number) => `${minutes}分`,
  people: (count: number) => `${count}人`,
  as_person: (name: string, role: string) => `${name}（${role}）`,
  switch_person: "この端末を使う人を切り替える",
  switch_to: (name: string) => `${name}さんに切り替える`,
  other_name: "ほかの人が使う（名前を選ぶ）",
  /** Between a label and what it names, where they are put together on a screen. */
  colon: "：",
  /** Between two short things on one line. */
  dot: "・",
  /** Around what is only added. */
  bracket: "（",
  bracket_end: "）",
  /** After a sentence that another follows. */
  stop: "。",
  /** Names one after another. */
  list: (names: readonly string[]) => names.join("、"),
  too_long: (over: number) => `${over}文字多いです`,
};

export type Words = typeof ja;

export const words = dictionaryWith(ja, () => import("./words.en"));
