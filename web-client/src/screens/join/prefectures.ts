/**
 * Finding names by prefecture as people type it: 青森, あおもり, アオモリ, aomori; while a composition is under way, too. The
 * readings of the 47 prefectures; of municipalities nobody gives us any. Pure.
 */

/** Name without 都道府県, reading, and romanisations, from north to south (JIS X 0401). */
const PREFECTURES = `
北海道 ほっかいどう hokkaido hokkaidou|青森 あおもり aomori|岩手 いわて iwate|宮城 みやぎ miyagi|秋田 あきた akita
山形 やまがた yamagata|福島 ふくしま fukushima hukusima|茨城 いばらき ibaraki|栃木 とちぎ tochigi totigi|群馬 ぐんま gunma gumma
埼玉 さいたま saitama|千葉 ちば chiba tiba|東京 とうきょう tokyo toukyou|神奈川 かながわ kanagawa|新潟 にいがた niigata
富山 とやま toyama|石川 いしかわ ishikawa isikawa|福井 ふくい fukui hukui|山梨 やまなし yamanashi yamanasi|長野 ながの nagano
岐阜 ぎふ gifu gihu|静岡 しずおか shizuoka sizuoka|愛知 あいち aichi aiti|三重 みえ mie|滋賀 しが shiga siga
京都 きょうと kyoto kyouto|大阪 おおさか osaka oosaka|兵庫 ひょうご hyogo hyougo|奈良 なら nara|和歌山 わかやま wakayama
鳥取 とっとり tottori|島根 しまね shimane simane|岡山 おかやま okayama|広島 ひろしま hiroshima hirosima|山口 やまぐち yamaguchi yamaguti
徳島 とくしま tokushima tokusima|香川 かがわ kagawa|愛媛 えひめ ehime|高知 こうち kochi kouchi kouti|福岡 ふくおか fukuoka hukuoka
佐賀 さが saga|長崎 ながさき nagasaki|熊本 くまもと kumamoto|大分 おおいた oita ooita|宮崎 みやざき miyazaki
鹿児島 かごしま kagoshima kagosima|沖縄 おきなわ okinawa`
  .trim()
  .split(/[|\n]/)
  .map((line) => line.split(" "));

const ENDING = /(けん|ふ|と|ken|fu|to|-ken|-fu|-to)$/;
const KATAKANA_TO_HIRAGANA = 0x60;

/** A text as it is compared: width, case, white space and the two kana make no difference. */
export function plain(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/\s/g, "")
    .toLowerCase()
    .replace(/[ァ-ヶ]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - KATAKANA_TO_HIRAGANA));
}

/** The words of a search; letters at the end of a kana word are a composition that is not finished. */
export function wordsOf(search: string): string[] {
  return search
    .split(/[\s　]+/)
    .map(plain)
    .map((word) => (/[ぁ-ん]/.test(word) ? word.replace(/[a-z]+$/, "") : word))
    .filter(Boolean);
}

function entryOf(region: string): readonly string[] | undefined {
  return PREFECTURES.find(([name]) => name !== undefined && region.startsWith(name));
}

/** Whether a word is the beginning of a prefecture's reading. */
function reads(region: string, word: string): boolean {
  const [, ...readings] = entryOf(region) ?? [];
  const bare = word.replace(ENDING, "");
  return readings.some((reading) => reading.startsWith(word) || (bare !== "" && reading === bare));
}

/** Whether every word stands in the text or reads as the region. */
export function matches(words: readonly string[], text: string, region: string | null): boolean {
  if (words.length === 0) return true;
  const where = plain(text);
  return words.every((word) => where.includes(word) || (region !== null && reads(region, word)));
}

/** Regions from north to south; those that are no prefecture after them, as the roster has them. */
export function inOrder(regions: readonly string[]): string[] {
  const place = (region: string): number => {
    const found = PREFECTURES.findIndex(([name]) => name !== undefined && region.startsWith(name));
    return found < 0 ? PREFECTURES.length : found;
  };
  // Looked up once for each, not at every comparison.
  return regions
    .map((region) => ({ region, at: place(region) }))
    .sort((a, b) => a.at - b.at)
    .map(({ region }) => region);
}
