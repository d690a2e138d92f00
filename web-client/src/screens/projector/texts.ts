/** Words of the projector's page. */
import { dictionary } from "../../i18n/language.svelte";

const ja = {
  join: "参加はこちら",
  qr: "参加ページを開くQRコード",
  address: "アドレス",
  code: "参加コード",
};
const en: typeof ja = {
  join: "Join here",
  qr: "QR code that opens the joining page",
  address: "Address",
  code: "Code",
};

export const texts = dictionary(ja, en);
