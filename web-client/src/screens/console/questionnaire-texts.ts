/** Words of setting a questionnaire. */
import { dictionary } from "../../i18n/language.svelte";
import type { QuestionKind, QuestionnairePhase } from "../../protocol/protocol";

const ja = {
  title: "アンケート",
  phases: { drafted: "準備中", open: "受付中", closed: "締切" } satisfies Record<QuestionnairePhase, string> as Record<
    QuestionnairePhase,
    string
  >,
  question: (number: number) => `質問 ${number}`,
  text: "質問の文",
  kind: "答え方",
  kinds: { scale: "段階で選ぶ", choice: "一つ選ぶ", text: "自由に書く" } satisfies Record<
    QuestionKind["kind"],
    string
  > as Record<QuestionKind["kind"], string>,
  steps: "段階の数（2〜10）",
  options: "選択肢（1行に一つ、2つ以上）",
  add: "質問を足す",
  remove: "消す",
  saved: "質問を保存しました。",
  open: "アンケートを開く",
  open_hint: "開くと、質問は変えられません。全員の画面に出ます。",
  close: "アンケートを締め切る",
  reopen: "もう一度開く",
};

const en: typeof ja = {
  title: "Questionnaire",
  phases: { drafted: "draft", open: "open", closed: "closed" },
  question: (number) => `Question ${number}`,
  text: "Text",
  kind: "Kind of answer",
  kinds: { scale: "a scale", choice: "one of several", text: "free text" },
  steps: "Steps (2 to 10)",
  options: "Options (one to a line, two or more)",
  add: "Add a question",
  remove: "Remove",
  saved: "The questions are saved.",
  open: "Open the questionnaire",
  open_hint: "Once it is open the questions cannot be changed. It appears on everybody's screen.",
  close: "Close the questionnaire",
  reopen: "Open it again",
};

export const texts = dictionary(ja, en);
