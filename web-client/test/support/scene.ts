/** What a scene of the screens' pictures is. */
import type { MeetingView } from "../../src/protocol/protocol";
import type { Stage } from "./stage";

export interface ScreenScene {
  name: string;
  view: () => MeetingView;
  /** Brings the screen into its state. */
  act?: (stage: Stage) => Promise<void>;
  /** Widths at which it is tested; all if left out. Pictures are taken at more of them. */
  widths?: readonly number[];
  /** A state that only a narrow window has: its pictures are taken in no other. */
  narrow_only?: boolean;
  /** A state that cannot be asserted free of errors in the console: a line that breaks, say. */
  noisy?: boolean;
}

/** Opens one of the tabs of a screen. */
export const tab = (name: string) => async (stage: Stage) => {
  await stage.page.getByRole("navigation").getByRole("button", { name }).click();
};
