/** Words of meetings that follow each other. */
import { dictionary } from "../../i18n/language.svelte";
import type { FollowDoubt, PosterEffect } from "../../protocol/protocol";

type Doubts = { [C in FollowDoubt["code"]]: (doubt: Extract<FollowDoubt, { code: C }>) => string };

const ja = {
  follow: "前の回から引き継ぐ",
  follow_lead:
    "同じ研究会の前の回から、名簿・ポスター・だれとだれが会ったか・モヤモヤ指数の推移を引き継ぎます。付箋・票・アンケート・一人ひとりの答えは引き継ぎません。リンクは新しく作られ、前の回のリンクではこの回に入れません。",
  follows: (titles: string) => `引き継いでいる回：${titles}`,
  link: "前の回の「進行・事務局」のリンク",
  link_hint:
    "前の回の準備ページの「リンクを配る」にある、進行・事務局のリンクを貼ってください。中身を見てから引き継ぎます。",
  link_missing: "前の回のリンクを貼ってから押してください。",
  parts: "引き継ぐもの",
  part: {
    roster: "名簿（自治体・都道府県・氏名・役割・メールアドレス）",
    posters: "ポスター（ファイルも）",
    sittings: "だれとだれが会ったか（部屋分けで、会っていない人を優先します）",
    pulses: "モヤモヤ指数の推移（平均と人数だけ）",
  },
  replace_posters: "いまあるポスターも、前の回のものに置き換える",
  look: "中身を見る",
  looking: "前の回を見ています…",
  preview: (title: string) => `「${title}」から引き継ぐもの`,
  meetings: (count: number, titles: string) => `モヤモヤ指数と、会った記録のある回：${count}回（${titles}）`,
  people: (adds: number, changes: number, nothing: number) =>
    `名簿：新しく加わる ${adds}人、変わる ${changes}人、そのまま ${nothing}人。名簿から消える人はいません。`,
  teams: (count: number) => `新しく加わる自治体 ${count}`,
  rows: (count: number) => `名簿の内訳（${count}人）`,
  more: (count: number) => `ほかに${count}件あります。`,
  posters: (adds: number, replaces: number, stays: number) =>
    `ポスター：新しく加わる ${adds}件、置き換わる ${replaces}件、いまのまま ${stays}件。`,
  posters_list: (count: number) => `ポスターの内訳（${count}件）`,
  poster: "題名",
  poster_effect: {
    adds: "新しく加わる",
    replaces: "置き換わる",
    stays: "いまのものを残す",
    nothing: "同じもの",
    team_unknown: "自治体が名簿にないので、引き継げません",
    frozen: "投票が始まったので、変えられません",
  } satisfies Record<PosterEffect, string> as Record<PosterEffect, string>,
  pairs: (rounds: number, pairs: number) => `会った記録：${rounds}ラウンド分、${pairs}組`,
  unknown: (people: number) => `名簿にない${people}人の会った記録は、引き継ぎません。`,
  pulses: (rounds: number) => `モヤモヤ指数：${rounds}ラウンド分の平均と人数`,
  doubts: (count: number) => `確かめてほしいところ（${count}件）`,
  no_doubts: "確かめてほしいところはありません。",
  doubt: {
    region_missing: ({ team }) =>
      `「${team}」は都道府県の違う同じ名前の自治体があり、どちらか分からないので、引き継ぎません。名簿で都道府県を入れてから、もう一度引き継いでください。`,
    similar_name: ({ team, name, present }) =>
      `${team}：「${name}」は、いまの名簿の「${present}」と字の形だけが違います。同じ人なら、どちらかを直してください。`,
    stays_coordinator: ({ name }) => `「${name}」は前の回では別の役割ですが、この回の進行・事務局のままにします。`,
    poster_file_missing: ({ team }) =>
      `${team}のポスターのファイルが前の回に残っていません。題名と概要だけが入ります。`,
    poster_files_full: ({ max_bytes }) =>
      `ポスターのファイルが全部で${Math.floor(max_bytes / 1024 / 1024)} MBを超えます。入りきらないものは、題名と概要だけが入ります。`,
    posters_frozen: () => "投票が始まったので、ポスターは引き継ぎません。",
  } satisfies Doubts as Doubts,
  take: "これを引き継ぐ",
  taking: "引き継いでいます…",
  discard: "引き継がない",
  nothing: "新しく引き継ぐものはありません。",
  taken: (people: number, posters: number, pairs: number) =>
    `引き継ぎました。名簿に${people}人、ポスター${posters}件が加わりました。会った記録は全部で${pairs}組です。`,
  taken_until: (reason: string) => `途中まで引き継ぎました。続きは入りませんでした：${reason}`,
  again: "あとからもう一度引き継ぐと、足りないものが加わります。いまいる人やリンクは変わりません。",

  next: "次の回をつくる",
  next_lead:
    "この回の名簿・ポスター・会った記録・モヤモヤ指数の推移を引き継いだ、次の回を用意します。新しい回を作るには、運用者の鍵がいります。",
  next_without_key:
    "鍵がないときは、運用している方に新しい回を作ってもらい、その準備ページの「前の回から引き継ぐ」に、この回の進行・事務局のリンクを貼ってください。",
  next_of: (title: string) => `「${title}」の次の回を作ります。作ったあと、引き継ぐものを確かめてから引き継ぎます。`,
  not_next: "前の回とは別に作る",
};

const en: typeof ja = {
  follow: "Take over from an earlier meeting",
  follow_lead:
    "From an earlier meeting of the same study group: roster, posters, who has met whom, and the fog index over time. Notes, ballots, the questionnaire and anybody's own answers do not come. Links are made anew; a link of the earlier meeting does not open this one.",
  follows: (titles) => `Taken over from: ${titles}`,
  link: "A coordinator's link of the earlier meeting",
  link_hint:
    "Paste the coordinator's link from “Hand out links” on the earlier meeting's preparation page. You see what would come before it is taken.",
  link_missing: "Paste the earlier meeting's link first.",
  parts: "What is to come",
  part: {
    roster: "The roster (municipality, prefecture, name, role, e-mail address)",
    posters: "Posters (with their files)",
    sittings: "Who has met whom (rooms then prefer people who have not met)",
    pulses: "The fog index over time (means and numbers only)",
  },
  replace_posters: "Posters that are here become those of the earlier meeting",
  look: "See what would come",
  looking: "Looking at the earlier meeting…",
  preview: (title) => `What would come from “${title}”`,
  meetings: (count, titles) => `Meetings with a fog index or people who met: ${count} (${titles})`,
  people: (adds, changes, nothing) =>
    `Roster: ${adds} added, ${changes} changed, ${nothing} as they are. Nobody is removed.`,
  teams: (count) => `Municipalities added: ${count}`,
  rows: (count) => `The roster in detail (${count})`,
  more: (count) => `And ${count} more.`,
  posters: (adds, replaces, stays) => `Posters: ${adds} added, ${replaces} replaced, ${stays} as they are.`,
  posters_list: (count) => `The posters in detail (${count})`,
  poster: "Title",
  poster_effect: {
    adds: "is added",
    replaces: "is replaced",
    stays: "the one that is here stays",
    nothing: "the same",
    team_unknown: "left out: the municipality is not on the roster",
    frozen: "left out: the vote has opened",
  },
  pairs: (rounds, pairs) => `Who has met whom: ${rounds} rounds, ${pairs} pairs`,
  unknown: (people) => `Of ${people} people who are not on the roster nothing is kept.`,
  pulses: (rounds) => `Fog index: means and numbers of ${rounds} rounds`,
  doubts: (count) => `Please check (${count})`,
  no_doubts: "There is nothing to check.",
  doubt: {
    region_missing: ({ team }) =>
      `There are municipalities called “${team}” in several prefectures, and it is not clear which one is meant: it is left out. Give its prefecture on the roster and take over again.`,
    similar_name: ({ team, name, present }) =>
      `${team}: “${name}” differs from “${present}” on the roster in the form of a character only. If they are one person, correct one of the two.`,
    stays_coordinator: ({ name }) =>
      `“${name}” has another role in the earlier meeting and stays a coordinator of this one.`,
    poster_file_missing: ({ team }) =>
      `The file of ${team}'s poster is no longer in the earlier meeting. Title and summary come.`,
    poster_files_full: ({ max_bytes }) =>
      `The posters' files would take more than ${Math.floor(max_bytes / 1024 / 1024)} MB. Of those that do not fit, title and summary come.`,
    posters_frozen: () => "The vote has opened, so no poster comes.",
  },
  take: "Take this over",
  taking: "Taking over…",
  discard: "Take nothing",
  nothing: "There is nothing new to take over.",
  taken: (people, posters, pairs) =>
    `Taken over: ${people} people and ${posters} posters were added. ${pairs} pairs are known to have met.`,
  taken_until: (reason) => `Part of it was taken over. The rest did not come: ${reason}`,
  again: "Take over again later, and what is missing is added. People who are here and their links stay as they are.",

  next: "Make the next meeting",
  next_lead:
    "Prepares a meeting that takes over roster, posters, who has met whom and the fog index from this one. Making a meeting needs the operator's key.",
  next_without_key:
    "Without the key, have the operator make the meeting, and paste this meeting's coordinator's link under “Take over from an earlier meeting” on its preparation page.",
  next_of: (title) =>
    `The next meeting after “${title}”. Once it is made, you see what would come before it is taken over.`,
  not_next: "Make it without the earlier meeting",
};

export const texts = dictionary(ja, en);

/** The sentence for a doubt, also of a code that a newer server says. */
export function doubtSentence(doubt: FollowDoubt): string {
  const table = texts().doubt as Record<string, ((doubt: never) => string) | undefined>;
  return table[doubt.code]?.(doubt as never) ?? doubt.code;
}
