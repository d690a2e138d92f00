/** Why there is no line, in words. Typed by the protocol's close codes. */
import type { Reason } from "../connection/machine";
import { dictionary } from "./language.svelte";

type Sentences = Record<Reason, string>;

const ja: Sentences = {
  lost: "つながりが切れました。自動でつなぎ直します。書いたものはこの端末に残っています。",
  restarting: "サーバーを入れ替えています。自動でつなぎ直します。",
  slow: "回線がゆっくりなので、つなぎ直しています。",
  epoch_changed: "サーバーの記録を復旧しました。最新の画面を読み込みます。書きかけのものはこの端末に残っています。",
  view_changed: "画面を最新の状態にしています。",
  silent: "しばらく通信がなかったので、つなぎ直しています。",
  hello_timeout: "接続に時間がかかったので、つなぎ直しています。",
  overloaded: "サーバーが混み合っています。自動でつなぎ直します。",
  faulted: "サーバーで問題が起きました。自動でつなぎ直します。",
  replaced: "同じ人の画面が多く開かれています。使わない画面を閉じてください。",
  too_fast: "操作が続いたので、少し待ってつなぎ直します。",
  unavailable: "記録の保管場所につながりません。少し待って自動でつなぎ直します。書いたものはこの端末に残っています。",
  bad_frame: "ページが正しく動いていません。読み込み直してください。",
  frame_too_large: "送ったものが大きすぎました。読み込み直してください。",
  version_unsupported: "ページが古くなりました。読み込み直してください。",
  link_invalid: "このリンクは使えません。届いたリンクをもう一度開くか、進行の方に伝えてください。",
  link_revoked: "このリンクは無効になりました。新しいリンクを進行の方にもらってください。",
  meeting_gone: "このミーティングはもうありません。",
  person_erased:
    "求めに応じて、あなたのデータはこのミーティングから消されました。この端末に残っていた書きかけとリンクも消しました。",
  join_first: "名前を選んで参加してください。",
  origin_refused: "このページからは接続できません。届いたリンクを開き直してください。",
  page_outdated: "新しいページがあります。読み込み直してください。",
};

const en: Sentences = {
  lost: "The connection was lost and is being restored. What you wrote is kept on this device.",
  restarting: "The server restarts. Reconnecting by itself.",
  slow: "The line is slow. Reconnecting.",
  epoch_changed:
    "The server has restored its records. Loading the current screen; what you are writing is kept on this device.",
  view_changed: "Bringing the screen up to date.",
  silent: "Nothing was heard for a while. Reconnecting.",
  hello_timeout: "Connecting took too long. Trying again.",
  overloaded: "The server is busy. Reconnecting by itself.",
  faulted: "The server had a problem. Reconnecting by itself.",
  replaced: "Too many screens of the same person are open. Close those you do not need.",
  too_fast: "That was quick. Reconnecting after a moment.",
  unavailable:
    "The meeting's records cannot be reached just now. Trying again in a moment; what you wrote is kept on this device.",
  bad_frame: "The page does not work properly. Please reload it.",
  frame_too_large: "What was sent is too large. Please reload the page.",
  version_unsupported: "The page is too old. Please reload it.",
  link_invalid: "This link does not work. Open the link you were given again, or tell a coordinator.",
  link_revoked: "This link is no longer valid. Ask a coordinator for a new one.",
  meeting_gone: "This meeting is gone.",
  person_erased:
    "Your data have been taken out of this meeting, as was asked for. What this device kept of it has been removed, too.",
  join_first: "Choose your name to join.",
  origin_refused: "This page cannot connect. Open the link you were given again.",
  page_outdated: "There is a newer page. Please reload.",
};

export const reasons = dictionary(ja, en);
