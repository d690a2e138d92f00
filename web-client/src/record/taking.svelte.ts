/** Taking a file away: one at a time, with what became of it in a sentence. */
import { download } from "../api/files";
import { ApiFailure } from "../api/http";
import { texts } from "./texts";

export class Taking {
  busy = $state(false);
  problem = $state("");
  done = $state("");

  /** Fetches a file and gives it to the browser to keep. */
  async take(path: string, token: string, name: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = "";
    this.done = "";
    try {
      await download(path, token, name);
      this.done = texts().taken(name);
    } catch (error) {
      this.problem = error instanceof ApiFailure && error.sentence !== "" ? error.sentence : texts().failed;
    }
    this.busy = false;
  }
}
