/** Whether this tab shows the preparation of its meeting instead of the console; survives a reload. */
import { pocket } from "../../connection/storage";

class Preparing {
  #on = $state(pocket.read("preparing") === true);

  get on(): boolean {
    return this.#on;
  }

  set(on: boolean): void {
    this.#on = on;
    pocket.write("preparing", on);
    scrollTo(0, 0);
  }
}

export const preparing = new Preparing();
