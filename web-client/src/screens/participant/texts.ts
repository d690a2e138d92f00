/** Words of the participant's screen. */
import { dictionary } from "../../i18n/language.svelte";
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
};

const en: typeof ja = {
  tabs: "Screens",
  tab: {
    room: "Room",
    plenary: "Plenary",
    posters: "Posters",
    vote: "Vote",
    pulse: "Fog",
    questionnaire: "Questions",
  },
  unvoted: "not voted",
  open_now: "open",
  unanswered: "open",
  agenda: "Agenda",
  now: "now",
  done: "done",
};

export const texts = dictionary(ja, en);
