/** Answers being filled in and not yet sent: they survive a reload and closing the tab, as long as the questions stay the same. */
import { ownerOf } from "../connection/identity";
import { shelf } from "../connection/storage";
import type { Answer, QuestionId, QuestionnaireView, QuestionView } from "../protocol/protocol";

type Answers = Record<QuestionId, Answer>;

interface Kept {
  /** The questions as they were asked: answers to others would be put into the wrong fields. */
  asked: string;
  answers: Answers;
}

const key = (token: string): string => `draft.${ownerOf(token)}.questionnaire`;

function isKept(value: unknown): value is Kept {
  return typeof value === "object" && value !== null && "asked" in value && "answers" in value;
}

/** Keeps answers that differ from those that have arrived. */
export function keepAnswers(token: string, { questions, own }: QuestionnaireView, answers: Answers): void {
  if (JSON.stringify(answers) === JSON.stringify(own)) shelf.remove(key(token));
  else shelf.write(key(token), { asked: JSON.stringify(questions), answers } satisfies Kept);
}

/** What was filled in before; null when there is nothing, or the questions have changed since. */
export function readAnswers(token: string, questions: readonly QuestionView[]): Answers | null {
  const kept = shelf.read(key(token));
  return isKept(kept) && kept.asked === JSON.stringify(questions) ? kept.answers : null;
}
