/** Words that all charts share. */
import { dictionary } from "../i18n/language.svelte";

const ja = {
  as_table: "表で見る",
};
const en: typeof ja = {
  as_table: "As a table",
};

export const texts = dictionary(ja, en);
