/** Words of the information sheet, of deleting a meeting and of what remains of it. */
import { dictionary } from "../../i18n/language.svelte";

const ja = {
  sheet: "データの取り扱い（情報シート）",
  sheet_lead:
    "Engawa（縁側）は、オンラインの対話の場で、ルーム分け・時間・付箋ボード・ポスター投票を扱うサーバーです。このページは、印刷して各自治体で保管できます。",
  not_loaded: "サーバーの情報を読めませんでした。つながりを確かめて、もう一度お試しください。",
  not_said: "設定されていません。運営の方におたずねください。",
  host: "接続先",
  connection: (host: string, port: number) =>
    `${host}、ポート${port}（TCP）だけを使います。ほかのサイトには一切つながりません。`,
  how: "通信の方法",
  how_is:
    "WebSocket。通らないネットワークでは、同じポートの通常のHTTPに自動で切り替わります。ソフトのインストールも利用登録もいりません。",
  items: "扱うデータ",
  items_are: [
    "名簿：自治体名、氏名、役割、（入れた場合のみ）メールアドレス",
    "付箋、ポスターとそのコメント、発言の順番、ふり返り、アンケートの回答",
    "投票：締切まで、だれがどれに入れたか。締切のあとは集計だけが残り、だれが入れたかは消えます",
    "音声・映像・Zoomの会話は扱いません。閲覧の記録を集めるしくみ（解析・広告）はありません",
  ],
  browser: "この端末に残るもの",
  browser_is:
    "まだ送れていない書きかけと、参加した人の名前・リンク。ほかの人と共有する端末では、終わったらブラウザーの閲覧データを消してください。",
  place: "保管場所",
  in_memory: "サーバーの停止と同時に消えます（記録を残さない設定です）。",
  retention: "保存期間",
  retention_first: (days: number | null) =>
    days === null
      ? "ミーティングごとに進行の人が決めます（決めなければ、消すまで残ります）。"
      : `ミーティングごとに進行の人が決めます（決めなければ${days}日）。`,
  retention_is:
    "期限を過ぎると自動で、または進行の人がいつでも、すべて消せます。一人分のデータだけを、ご本人の求めに応じて、操作の記録も含めて消すこともできます。残るのは、件数・日時・照合用の値だけの証明書です。バックアップ、ダウンロード済みのファイル、Zoomの記録は別に消してください。次の回が引き継いだもの（名簿・ポスター・だれとだれが会ったか・モヤモヤ指数の平均）はその回のものになり、前の回を消しても残ります。それぞれの回で消してください。",
  log: "サーバーの動作記録（ログ）",
  log_is: "接続と不具合の記録だけで、氏名・付箋の文・投票・リンクは書かれません。",
  contact: "運営・お問い合わせ",
  version: "ソフトウェア",
  version_is: (version: string) => `Engawa ${version}（MITライセンス）`,
  print: "印刷する",
  back: "最初のページへ",
  printed_on: (day: string) => `${day}現在`,

  remove: "ミーティングを消す",
  remove_lead:
    "名簿・付箋・ポスター・投票・記録のすべてを、いますぐ完全に消します。元に戻せません。先に記録をダウンロードしてください。つながっている人は、その場で退出になります。",
  remove_confirm: (title: string) => `消すには、題名「${title}」をここに書いてください`,
  remove_yes: "完全に消す",
  title_differs: "題名が違います。消していません。",
  removing: "消しています…",
  remove_failed: "消せませんでした。つながりを確かめて、もう一度お試しください。",

  certificate: "ミーティングを消しました",
  certificate_lead: "残っているのは、下の証明書だけです。必要なら保存するか印刷してください。",
  no_certificate: "この画面に表示する証明書はありません。",
  certificate_rows: {
    title: "題名",
    meeting: "ミーティングの番号",
    deleted_at: "消した日時",
    reason: "理由",
    people: "名簿の人数",
    teams: "自治体の数",
    notes: "付箋の数",
    posters: "ポスターの数",
    comments: "ポスターへのコメントの数",
    answers: "アンケートに答えた人数",
    files: "ポスターのファイル",
    entries: "操作の記録の数",
    state_hash: "最後の状態の照合値（SHA-256）",
    certificate_hash: "この証明書の照合値（SHA-256）",
  },
  reasons: { asked: "進行・運営の指示", keep_until: "保存期限が過ぎたため" },
  count: (count: number) => count.toLocaleString("ja"),
  files: (count: number, bytes: number) => `${count.toLocaleString("ja")}件（${bytes.toLocaleString("ja")}バイト）`,
  unknown: "読めませんでした",
  save: "証明書を保存する",
  file_name: "削除証明書",
};

const en: typeof ja = {
  sheet: "How data is handled (information sheet)",
  sheet_lead:
    "Engawa is a server for online dialogue: breakout rooms, time, boards of notes, a vote over posters. Print this page to file it.",
  not_loaded: "The server's information could not be read. Check your connection and try again.",
  not_said: "Not set. Please ask whoever runs this server.",
  host: "Connects to",
  connection: (host, port) => `${host}, port ${port} (TCP) only. No other site is contacted.`,
  how: "Means of connection",
  how_is:
    "WebSocket; where a network does not let it through, plain HTTP on the same port, by itself. Nothing to install, no account.",
  items: "Data",
  items_are: [
    "Roster: municipality, name, role, and an e-mail address only if one was entered",
    "Notes, posters and comments on them, the order of speaking, reflections, answers to the questionnaire",
    "Vote: who voted for what until it closes; afterwards only the tally is kept and the rest is gone",
    "No sound, no pictures, no conversation of Zoom. Nothing that measures visitors, no advertising",
  ],
  browser: "What stays on this computer",
  browser_is:
    "What could not be sent yet, and the names and links of those who took part. On a shared computer, clear the browser’s data for this site at the end.",
  place: "Where it is kept",
  in_memory: "It is gone when the server stops (it is set to keep no records).",
  retention: "How long",
  retention_first: (days) =>
    days === null
      ? "The coordinators decide for each meeting (until it is deleted, if they do not)."
      : `The coordinators decide for each meeting (${days} days, if they do not).`,
  retention_is:
    "After that day everything is deleted by itself, and coordinators can delete it at any time. One person’s data alone can be erased on request, the meeting’s log included. What remains is a certificate of counts, times and checksums. Backups, files already downloaded and Zoom’s records have to be deleted separately. What a later meeting has taken over (roster, posters, who met whom, means of the pulse) is that meeting’s own and stays when the earlier one is deleted: delete it there, too.",
  log: "The server's own log",
  log_is: "Connections and faults only. Names, texts of notes, ballots and links are never written there.",
  contact: "Run by, questions to",
  version: "Software",
  version_is: (version) => `Engawa ${version} (MIT licence)`,
  print: "Print",
  back: "To the front page",
  printed_on: (day) => `As of ${day}`,

  remove: "Delete this meeting",
  remove_lead:
    "Roster, notes, posters, vote and record are deleted at once and for good. There is no way back: download the record first. Whoever is connected is sent away.",
  remove_confirm: (title) => `To delete it, write its title “${title}” here`,
  remove_yes: "Delete for good",
  title_differs: "That is not the title. Nothing was deleted.",
  removing: "Deleting…",
  remove_failed: "It could not be deleted. Check your connection and try again.",

  certificate: "The meeting has been deleted",
  certificate_lead: "All that remains is the certificate below. Save or print it if you need it.",
  no_certificate: "There is no certificate to show on this screen.",
  certificate_rows: {
    title: "Title",
    meeting: "Number of the meeting",
    deleted_at: "Deleted at",
    reason: "Reason",
    people: "People",
    teams: "Municipalities",
    notes: "Notes",
    posters: "Posters",
    comments: "Comments on posters",
    answers: "People who answered the questionnaire",
    files: "Files of posters",
    entries: "Actions in its log",
    state_hash: "Checksum of its last state (SHA-256)",
    certificate_hash: "Checksum of this certificate (SHA-256)",
  },
  reasons: { asked: "asked for by a coordinator or the operator", keep_until: "its keep-until date had passed" },
  count: (count) => count.toLocaleString("en"),
  files: (count, bytes) => `${count.toLocaleString("en")} (${bytes.toLocaleString("en")} bytes)`,
  unknown: "could not be read",
  save: "Save the certificate",
  file_name: "deletion-certificate",
};

export const texts = dictionary(ja, en);
