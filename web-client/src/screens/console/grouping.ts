/** The fields of a way of making rooms: which size each way has, and its bounds (protocol: `GroupingRule`). Pure. */
import type { GroupingRule } from "../../protocol/protocol";

export type Way = GroupingRule["by"];
export const WAYS: readonly Way[] = ["team", "partners", "mixed", "world_cafe", "open", "manual"];

export interface Sizes {
  partners: number;
  mixed: number;
  world_cafe: number;
  open: number;
}
export const BOUNDS = { partners: [2, 10], mixed: [2, 50], world_cafe: [2, 50], open: [1, 500] } as const;

export function hasSize(way: Way): way is keyof Sizes {
  return way in BOUNDS;
}

/** The sizes to begin with: the rule's own, and usual ones for the other ways. */
export function sizesOf(rule: GroupingRule): Sizes {
  return {
    partners: rule.by === "partners" ? rule.teams_per_room : 3,
    mixed: rule.by === "mixed" ? rule.room_size : 5,
    world_cafe: rule.by === "world_cafe" ? rule.table_size : 5,
    open: rule.by === "open" ? rule.rooms : 10,
  };
}

export function ruleOf(by: Way, sizes: Sizes): GroupingRule {
  switch (by) {
    case "partners":
      return { by, teams_per_room: sizes.partners };
    case "mixed":
      return { by, room_size: sizes.mixed };
    case "world_cafe":
      return { by, table_size: sizes.world_cafe };
    case "open":
      return { by, rooms: sizes.open };
    case "team":
    case "manual":
      return { by };
  }
}
