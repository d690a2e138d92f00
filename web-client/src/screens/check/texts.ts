/** Words of the check of this computer and its line. */
import { dictionary } from "../../i18n/language.svelte";
import type { Remark, Verdict } from "./findings";

const ja = {
  title: "接続の確認",
  lead: "この端末とこの回線で、当日Engawaが使えるかを確かめます。名前やミーティングの内容は送りません。",
  running: "確かめています…",
  long_running: (seconds: number) => `つながりが保たれるかを、続けて見ています（あと約${seconds}秒）。`,
  finished: "確認が終わりました。",
  again: "もう一度確かめる",
  front: "最初のページへ",
  verdict: {
    unknown: "確かめています。数秒お待ちください。",
    good: "この端末で問題なく使えます。",
    stream:
      "この端末で使えます。いちばん速いつなぎ方のWebSocketが通らないので、自動で別のつなぎ方に替えます。表示が1秒ほど遅れることがあります。",
    poll: "この端末で使えます。ただし途中の装置が通信をためるので、いちばん遅いつなぎ方になり、表示が数秒遅れることがあります。",
    impossible:
      "このままでは使えません。下の「許可をお願いする内容」を、情報システムの担当の方に伝えてください。当日までに間に合わないときは、スマートフォンなど別の端末・別の回線でも参加できます。",
  } satisfies Record<Verdict, string>,
  remark: {
    upgrade_swallowed: () => "WebSocketの要求に返事がありません。途中の装置（プロキシなど）が止めています。",
    upgrade_refused: () => "WebSocketの要求が断られました。途中の装置（プロキシなど）が許可していません。",
    responses_held_back: () => "応答が途中の装置（プロキシなど）でためられ、終わるまで届きません。",
    cut_when_silent: (seconds: number) =>
      `何も送らない接続は約${seconds}秒で切られます。Engawaは20秒ごとに合図を送り、切れてもつなぎ直します。`,
    cut_always: (seconds: number) =>
      `使っている接続も約${seconds}秒で切られます。切れるたびに自動でつなぎ直し、書いたものは失われません。`,
    slow: (ms: number) => `回線の往復に最大${ms}ミリ秒かかっています。操作の結果が遅れて見えることがあります。`,
    clock_off: () => "この端末の時計がずれています。画面の時計はサーバーに合わせるので、そのまま使えます。",
    nothing_kept: () =>
      "このブラウザは何も残せない設定です。使えますが、ページを閉じると書きかけの文が消えます。プライベートウィンドウでないかを確かめてください。",
  } satisfies Record<Remark, (number: number) => string>,
  ask_title: "許可をお願いする内容",
  ask_host: "宛先",
  ask_port: "ポート",
  ask_protocols: "通信",
  ask_protocols_value: (secure: boolean): string =>
    secure
      ? "HTTPS と WebSocket（wss）。応答をためずに通すこと。"
      : "HTTP と WebSocket（ws）。応答をためずに通すこと。",
  ask_others: "ほかの宛先",
  ask_others_value: "ありません（ほかのサーバーには接続しません）。",
  details: "くわしい結果",
  send_title: "結果を主催者に知らせる",
  send_lead: "まだどこにも送っていません。結果をコピーするか、メールの下書きを開いて、主催者に送ってください。",
  send_holds:
    "結果にあるのは、上の文と「くわしい結果」の項目だけです。名前・ミーティングの内容・この端末のアドレスは含みません。",
  send_early: "確認はまだ途中です。終わってから送ると、つながりが保たれるかどうかも伝わります。",
  copy: "結果をコピーする",
  copied: "コピーしました。",
  copy_failed: "コピーできませんでした。下の文を選んでコピーしてください。",
  mail: "メールの下書きを開く",
  mail_subject: "Engawa 接続の確認の結果",
  result_label: "結果の文",
  rows: {
    websocket: "WebSocket",
    stream: "流し続ける応答",
    poll: "くり返し問い合わせ",
    silent_socket: "何も送らない接続",
    busy_socket: "使い続ける接続",
    silent_stream: "何も送らない応答",
    delay: "往復の時間",
    clock: "時計のずれ",
    storage: "ブラウザの保存",
    database: "IndexedDB",
    browser: "ブラウザ",
    host: "サーバー",
    time: "確認した時刻",
  },
  value: {
    pending: "確認中",
    unknown: "確かめられません",
    works: "使えます",
    refused: "断られました",
    silent: "返事がありません",
    held_back: "途中でためられます",
    blocked: "通りません",
    kept: "保たれます",
    cut: (seconds: number) => `約${seconds}秒で切られました`,
    ms: (shortest: number, longest: number) => `${shortest}〜${longest}ミリ秒`,
    seconds: (seconds: number) => (seconds === 0 ? "ほぼなし" : seconds > 0 ? `${seconds}秒遅れ` : `${-seconds}秒進み`),
    storage_kept: "使えます（前回の記録も残っています）",
    storage_works: "使えます",
    storage_none: "使えません",
    yes: "使えます",
    no: "使えません",
  },
};

const en: typeof ja = {
  title: "Connection check",
  lead: "Finds out whether Engawa will work on this device and this line. No name and nothing of a meeting is sent.",
  running: "Checking…",
  long_running: (seconds) => `Watching whether connections last (about ${seconds} s to go).`,
  finished: "The check is complete.",
  again: "Check again",
  front: "To the first page",
  verdict: {
    unknown: "Checking. This takes a few seconds.",
    good: "This device works well.",
    stream:
      "This device works. The fastest way to connect (a WebSocket) does not get through, so another one is used by itself; what you see may be about a second late.",
    poll: "This device works. But something on the way holds responses back, so the slowest way is used, and what you see may be some seconds late.",
    impossible:
      "This will not work as it is. Please give the lines under “What to ask for” to your IT department. If there is no time for that, you can take part with another device or line, a phone for example.",
  },
  remark: {
    upgrade_swallowed: () => "A request for a WebSocket gets no answer: something on the way (a proxy) swallows it.",
    upgrade_refused: () => "A request for a WebSocket is refused: something on the way (a proxy) does not allow it.",
    responses_held_back: () => "Responses are held back on the way (by a proxy) until they have ended.",
    cut_when_silent: (seconds) =>
      `A connection on which nothing is said is cut after about ${seconds} s. Engawa sends a sign every 20 s, and reconnects if it is cut.`,
    cut_always: (seconds) =>
      `Even a busy connection is cut after about ${seconds} s. Engawa reconnects by itself each time; nothing you write is lost.`,
    slow: (ms) => `The way to the server and back takes up to ${ms} ms. What you do may show late.`,
    clock_off: () => "This device's clock is off. The clock on the screen follows the server, so this does no harm.",
    nothing_kept: () =>
      "This browser keeps nothing. Engawa works, but unsent text is gone when the page is closed. Check that this is no private window.",
  },
  ask_title: "What to ask for",
  ask_host: "Host",
  ask_port: "Port",
  ask_protocols: "Traffic",
  ask_protocols_value: (secure) =>
    secure
      ? "HTTPS and WebSocket (wss), responses passed on as they come."
      : "HTTP and WebSocket (ws), responses passed on as they come.",
  ask_others: "Other hosts",
  ask_others_value: "None (no other server is contacted).",
  details: "Details",
  send_title: "Tell the organisers",
  send_lead: "Nothing has been sent yet. Copy the result, or open a draft of a mail, and send it to the organisers.",
  send_holds:
    "The result is what stands above and under “Details”, and nothing else: no name, nothing of a meeting, no address of this device.",
  send_early: "The check is still running. Once it is complete the result also says whether connections last.",
  copy: "Copy the result",
  copied: "Copied.",
  copy_failed: "Copying did not work. Select the text below and copy it.",
  mail: "Open a draft mail",
  mail_subject: "Engawa: result of the connection check",
  result_label: "The result as text",
  rows: {
    websocket: "WebSocket",
    stream: "Streamed response",
    poll: "Repeated requests",
    silent_socket: "A silent connection",
    busy_socket: "A busy connection",
    silent_stream: "A silent response",
    delay: "Way to the server and back",
    clock: "Clock",
    storage: "Browser storage",
    database: "IndexedDB",
    browser: "Browser",
    host: "Server",
    time: "Time of the check",
  },
  value: {
    pending: "being checked",
    unknown: "cannot be checked",
    works: "works",
    refused: "refused",
    silent: "no answer",
    held_back: "held back on the way",
    blocked: "does not get through",
    kept: "lasts",
    cut: (seconds) => `cut after about ${seconds} s`,
    ms: (shortest, longest) => `${shortest} to ${longest} ms`,
    seconds: (seconds) => (seconds === 0 ? "right" : seconds > 0 ? `${seconds} s behind` : `${-seconds} s ahead`),
    storage_kept: "works (the last check is remembered)",
    storage_works: "works",
    storage_none: "does not work",
    yes: "works",
    no: "does not work",
  },
};

export const texts = dictionary(ja, en);
