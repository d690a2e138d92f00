/** Sentences for what was found in a file: typed by the protocol, so that a finding without words does not compile. */
import { dictionary } from "../../i18n/language.svelte";
import type {
  AgendaProblemKind,
  FileColumn,
  FileForm,
  FileProblem,
  FindingGrade,
  FindingKind,
  PosterFileProblem,
  RowEffect,
} from "../../protocol/protocol";

type By<T extends { code: string }> = { [C in T["code"]]: (found: Extract<T, { code: C }>) => string };

interface Sentences {
  column: Record<FileColumn, string>;
  form: Record<FileForm, string>;
  grade: Record<FindingGrade, string>;
  effect: Record<RowEffect, string>;
  file: By<FileProblem>;
  finding: By<FindingKind>;
  agenda: By<AgendaProblemKind>;
  poster: By<PosterFileProblem>;
}

const megabytes = (bytes: number): string => `${Math.floor(bytes / 1024 / 1024)} MB`;
/** Bounds of an agenda's numbers: those of times come in milliseconds. */
const bound = (key: string, value: number): string => (key === "size" ? String(value) : `${value / 1000}s`);

const ja_column: Record<FileColumn, string> = {
  team: "自治体",
  region: "都道府県",
  municipality_code: "団体コード",
  name: "氏名",
  family_name: "姓",
  given_name: "名",
  role: "役割",
  email: "メールアドレス",
  title: "タイトル",
  summary: "概要",
  file_name: "ファイル名",
  room: "部屋",
};

const ja: Sentences = {
  column: ja_column,
  form: { utf8: "CSV（UTF-8）", utf16: "CSV（UTF-16）", cp932: "CSV（Shift_JIS）", xlsx: "Excel" },
  grade: { repaired: "直しました", doubtful: "確かめてください", left_out: "取り込みません" },
  effect: { adds: "新しく加わる", changes: "変わる", returns: "名簿に戻る", nothing: "そのまま" },
  file: {
    file_empty: () => "ファイルに何も書かれていません。別のファイルを選んでください。",
    file_too_large: ({ max_bytes }) => `ファイルが大きすぎます。${megabytes(max_bytes)}までにしてください。`,
    file_not_text: ({ line }) =>
      `${line}行目に読めない文字があります。Excelで開き、「Excelブック（.xlsx）」か「CSV UTF-8」で保存し直してください。`,
    file_old_excel: () =>
      "古い形式（.xls）か、パスワード付きのExcelファイルです。パスワードを外し、「Excelブック（.xlsx）」で保存し直してください。",
    file_broken: () => "Excelファイルが壊れていて開けません。Excelで開き直して保存し、もう一度選んでください。",
    file_too_many_rows: ({ max }) => `行が多すぎます。${max}行までにしてください。`,
    file_too_many_columns: ({ line, max }) => `${line}行目の列が多すぎます。${max}列までにしてください。`,
    file_cell_too_long: ({ line, max }) =>
      `${line}行目に${max}文字を超える欄があります。引用符（"）の閉じ忘れがないかも確かめてください。`,
    file_no_names: () =>
      "どの列に何があるか分かりません。1行目に「自治体」「氏名」などの列の名前を書いてください。ポスターの一覧には「自治体」と「ファイル名」か「タイトル」が要ります。",
    file_no_rows: () => "列の名前だけで、取り込む行がありません。",
    file_no_rooms: () =>
      "「部屋」の列と、「氏名」か「メールアドレス」の列が見つかりません。1行目に列の名前を書いてください。",
  },
  finding: {
    code_zero_restored: ({ written, municipality_code }) =>
      `団体コード「${written}」は先頭の0が消えていたので、${municipality_code}としました。`,
    check_digit_added: ({ written, municipality_code }) =>
      `団体コード「${written}」に検査数字を補い、${municipality_code}としました。`,
    check_digit_wrong: ({ written }) => `団体コード「${written}」は正しくありません。コードは使わずに取り込みます。`,
    region_from_code: ({ region }) => `団体コードから都道府県を${region}としました。`,
    region_contradicts_code: ({ region, region_of_code }) =>
      `都道府県は「${region}」ですが、団体コードは${region_of_code}のものです。「${region}」として取り込みます。`,
    code_of_another: ({ municipality_code, team, line }) =>
      `団体コード${municipality_code}は、${line}行目では「${team}」に付いています。`,
    region_missing: ({ team }) => `「${team}」は複数の都道府県にあります。都道府県を書いてください。`,
    merged_filled: ({ column, value }) => `結合されたセルなので、${ja_column[column]}を「${value}」としました。`,
    spaces_trimmed: ({ column }) => `${ja_column[column]}の余分な空白や改行を除きました。`,
    unseen_removed: ({ column }) => `${ja_column[column]}から目に見えない文字を除きました。`,
    private_character: ({ column, character, place }) =>
      `${ja_column[column]}の${place}文字目は外字（${character}）です。ほかの端末では正しく出ません。ふつうの漢字に打ち直してください。`,
    lost_character: ({ column }) => `${ja_column[column]}に、失われた文字（�）があります。打ち直してください。`,
    duplicate_row: ({ line }) => `${line}行目と同じ人です。`,
    similar_name: ({ name, line }) =>
      line === null
        ? `すでに名簿にいる「${name}」と字体だけが違います。同じ人なら、どちらかにそろえてください。`
        : `${line}行目の「${name}」と字体だけが違います。同じ人なら、どちらかにそろえてください。`,
    team_missing: () => "参加者ですが、自治体がありません。",
    role_unknown: ({ written }) => `役割「${written}」は分かりません。参加者として取り込みます。`,
    email_odd: ({ written }) => `「${written}」はメールアドレスの形ではないので、取り込みません（人は取り込みます）。`,
    name_missing: () => "氏名がありません。",
    too_long: ({ column, max }) => `${ja_column[column]}が長すぎます。${max}文字までです。`,
    team_unknown: ({ team }) => `「${team}」は名簿にありません。表記と都道府県を確かめるか、先に名簿へ加えてください。`,
    team_twice: ({ line }) => `${line}行目と同じ自治体です。ポスターは1自治体に1枚です。`,
    person_unknown: ({ name }) =>
      `「${name}」さんは名簿にいません。名簿の名前と同じに直すか、先に名簿に足してください。`,
    person_not_clear: ({ name }) =>
      `「${name}」さんは名簿に何人かいます。「自治体」の列を足して、だれかを示してください。`,
    room_missing: () => "部屋が書かれていません。",
    room_has_facilitator: ({ line }) => `この部屋の幹事は、${line}行目でもう決まっています。`,
    no_member: () => "集計担当とオブザーバーは、部屋に割り当てられません。",
  },
  agenda: {
    file_too_large: ({ max_bytes }) => `ファイルが大きすぎます。${Math.floor(max_bytes / 1024)} KBまでです。`,
    file_not_text: () => "読めない文字があります。UTF-8で保存し直してください。",
    not_toml: ({ detail }) => `書き方（TOML）に誤りがあります。引用符や角かっこを確かめてください。（${detail}）`,
    key_unknown: ({ key }) => `「${key}」という項目はありません。つづりを確かめてください。`,
    key_missing: ({ key }) => `このラウンドに「${key}」がありません。`,
    wrong_type: ({ key, wanted }) =>
      wanted === "duration"
        ? `「${key}」は "20m"、"90s"、"1時間30分" のように書いてください。`
        : wanted === "number"
          ? `「${key}」は数で書いてください（引用符なし）。`
          : `「${key}」の書き方が違います。`,
    word_unknown: ({ key, words }) => `「${key}」に書けるのは ${words.join("、")} のどれかです。`,
    out_of_range: ({ key, min, max }) => `「${key}」は${bound(key, min)}から${bound(key, max)}までです。`,
    too_long: ({ key, max }) => `「${key}」が長すぎます。${max}文字までです。`,
    empty: ({ key }) => `「${key}」が空です。`,
    round_count: ({ max }) => `[[round]] が1つ以上、${max}以下で要ります。`,
  },
  poster: {
    file_empty: () => "中身のないファイルです。",
    file_too_large: ({ max_bytes }) => `大きすぎます。${megabytes(max_bytes)}までにしてください。`,
    file_unknown_type: () => "PNG、JPEG、WebP、PDFのどれでもありません（名前ではなく中身で見ています）。",
    file_too_many_pixels: () => "画像の縦横が大きすぎます。小さくして書き出し直してください。",
    file_broken: () => "壊れていて開けません。作ったソフトからもう一度書き出してください。",
    files_full: ({ max_bytes }) => `このミーティングのファイルの合計が${megabytes(max_bytes)}を超えます。`,
    too_many_files: ({ max }) =>
      `ファイルが多すぎます（1つのzipに${max}個まで）。何も読み込んでいません。分けてお試しください。`,
    file_locked: () => "パスワード付きか、知らない方法で圧縮されています。パスワードなしで入れ直してください。",
  },
};

const en_column: Record<FileColumn, string> = {
  team: "municipality",
  region: "prefecture",
  municipality_code: "municipality code",
  name: "name",
  family_name: "family name",
  given_name: "given name",
  role: "role",
  email: "e-mail address",
  title: "title",
  room: "room",
  summary: "summary",
  file_name: "file name",
};

const en: Sentences = {
  column: en_column,
  form: { utf8: "CSV (UTF-8)", utf16: "CSV (UTF-16)", cp932: "CSV (Shift_JIS)", xlsx: "Excel" },
  grade: { repaired: "Put right", doubtful: "Please check", left_out: "Left out" },
  effect: { adds: "is added", changes: "changes", returns: "comes back", nothing: "stays" },
  file: {
    file_empty: () => "There is nothing in the file. Choose another.",
    file_too_large: ({ max_bytes }) => `The file is too large. The most is ${megabytes(max_bytes)}.`,
    file_not_text: ({ line }) =>
      `Line ${line} has characters that cannot be read. Save the file anew in Excel, as a workbook (.xlsx) or as CSV UTF-8.`,
    file_old_excel: () =>
      "This is an old Excel file (.xls) or has a password. Take the password off and save it as a workbook (.xlsx).",
    file_broken: () => "The Excel file is damaged. Open it in Excel, save it, and choose it again.",
    file_too_many_rows: ({ max }) => `There are too many rows. The most is ${max}.`,
    file_too_many_columns: ({ line, max }) => `Line ${line} has too many columns. The most is ${max}.`,
    file_cell_too_long: ({ line, max }) =>
      `A cell in line ${line} has more than ${max} characters. Perhaps a quotation mark (") is not closed.`,
    file_no_names: () =>
      "It cannot be told which column holds what. Write names such as Team and Name into the first line. A list of posters needs Team and File name or Title.",
    file_no_rows: () => "There are names of columns and no rows.",
    file_no_rooms: () =>
      "There is no column Room, or none that says who is in it (Name or E-mail). Write the columns' names into the first line.",
  },
  finding: {
    code_zero_restored: ({ written, municipality_code }) =>
      `The code ${written} had lost its leading zero and is taken as ${municipality_code}.`,
    check_digit_added: ({ written, municipality_code }) =>
      `The code ${written} had no check digit and is taken as ${municipality_code}.`,
    check_digit_wrong: ({ written }) => `The code ${written} is not right. The row is taken without it.`,
    region_from_code: ({ region }) => `By the code the prefecture is ${region}.`,
    region_contradicts_code: ({ region, region_of_code }) =>
      `The prefecture is ${region}, but the code is one of ${region_of_code}. The row is taken with ${region}.`,
    code_of_another: ({ municipality_code, team, line }) =>
      `In line ${line} the code ${municipality_code} stands beside ${team}.`,
    region_missing: ({ team }) => `There are several ${team}. Add the prefecture.`,
    merged_filled: ({ column, value }) => `The cell is merged, so the ${en_column[column]} is ${value}.`,
    spaces_trimmed: ({ column }) => `Spaces or line breaks were taken out of the ${en_column[column]}.`,
    unseen_removed: ({ column }) => `Characters that cannot be seen were taken out of the ${en_column[column]}.`,
    private_character: ({ column, character, place }) =>
      `Character ${place} of the ${en_column[column]} is a private one (${character}). Other machines do not show it. Please type an ordinary one.`,
    lost_character: ({ column }) => `A character of the ${en_column[column]} was lost (�). Please type it again.`,
    duplicate_row: ({ line }) => `The same person stands in line ${line}.`,
    similar_name: ({ name, line }) =>
      line === null
        ? `${name}, who is on the roster, differs in the form of a character only. If it is the same person, write them alike.`
        : `${name} in line ${line} differs in the form of a character only. If it is the same person, write them alike.`,
    team_missing: () => "A participant without a municipality.",
    role_unknown: ({ written }) => `The role ${written} is not known. The person is taken as a participant.`,
    email_odd: ({ written }) => `${written} is not an e-mail address and is not taken (the person is).`,
    name_missing: () => "There is no name.",
    too_long: ({ column, max }) => `The ${en_column[column]} is too long. The most is ${max} characters.`,
    team_unknown: ({ team }) => `${team} is not on the roster. Check how it is written, or add it to the roster first.`,
    team_twice: ({ line }) => `The municipality of line ${line} again. Each has one poster.`,
    person_unknown: ({ name }) =>
      `${name} is not on the roster. Write the name as it is there, or add it to the roster first.`,
    person_not_clear: ({ name }) =>
      `Several people on the roster are called ${name}. Add the column Team to say who is meant.`,
    room_missing: () => "There is no room beside the name.",
    room_has_facilitator: ({ line }) => `The room has its facilitator in line ${line} already.`,
    no_member: () => "The secretariat and observers are not assigned to rooms.",
  },
  agenda: {
    file_too_large: ({ max_bytes }) => `The file is too large. The most is ${Math.floor(max_bytes / 1024)} KB.`,
    file_not_text: () => "There are characters that cannot be read. Save the file as UTF-8.",
    not_toml: ({ detail }) => `This is not TOML. Check quotation marks and brackets. (${detail})`,
    key_unknown: ({ key }) => `There is no key "${key}". Check the spelling.`,
    key_missing: ({ key }) => `This round has no "${key}".`,
    wrong_type: ({ key, wanted }) =>
      wanted === "duration"
        ? `Write "${key}" like "20m", "90s" or "1h30m".`
        : wanted === "number"
          ? `"${key}" is a number, without quotation marks.`
          : `"${key}" is written in another way.`,
    word_unknown: ({ key, words }) => `"${key}" may be ${words.join(", ")}.`,
    out_of_range: ({ key, min, max }) => `"${key}" goes from ${bound(key, min)} to ${bound(key, max)}.`,
    too_long: ({ key, max }) => `"${key}" is too long. The most is ${max} characters.`,
    empty: ({ key }) => `"${key}" is empty.`,
    round_count: ({ max }) => `There must be 1 to ${max} [[round]].`,
  },
  poster: {
    file_empty: () => "The file is empty.",
    file_too_large: ({ max_bytes }) => `Too large. The most is ${megabytes(max_bytes)}.`,
    file_unknown_type: () => "Neither PNG, JPEG, WebP nor PDF (by what is in it, not by its name).",
    file_too_many_pixels: () => "The picture is too wide or too high. Export a smaller one.",
    file_broken: () => "Damaged. Export it again from the program that made it.",
    files_full: ({ max_bytes }) => `The files of this meeting would take more than ${megabytes(max_bytes)}.`,
    too_many_files: ({ max }) =>
      `There are too many files in it (a zip may hold ${max}). Nothing was taken. Please split it.`,
    file_locked: () => "It has a password or is packed in a way that is not known. Put it in without a password.",
  },
};

export const found = dictionary(ja, en);

/** The sentence for one of a family of codes. */
export function say<T extends { code: string }>(sentences: By<T>, value: T): string {
  const sentence = sentences[value.code as T["code"]] as (value: T) => string;
  return sentence(value);
}
