/** From which meeting the one that is being made takes over: remembered by the tab from one page to the next. */
import { pocket } from "../../connection/storage";

const KEY = "follows";

export interface EarlierMeeting {
  /** The token of its coordinator. */
  token: string;
  title: string;
}

function isEarlier(value: unknown): value is EarlierMeeting {
  return typeof value === "object" && value !== null && "token" in value && "title" in value;
}

class Following {
  #earlier = $state.raw<EarlierMeeting | null>(null);

  constructor() {
    const kept = pocket.read(KEY);
    if (isEarlier(kept)) this.#earlier = kept;
  }

  get earlier(): EarlierMeeting | null {
    return this.#earlier;
  }

  begin(earlier: EarlierMeeting): void {
    this.#earlier = earlier;
    pocket.write(KEY, earlier);
  }

  end(): void {
    this.#earlier = null;
    pocket.remove(KEY);
  }
}

export const following = new Following();
