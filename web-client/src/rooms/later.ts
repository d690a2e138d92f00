/** Parts of a room that the first view does not need. */
export const room_parts = {
  order: () => import("./TurnOrder.svelte"),
  balance: () => import("./Balance.svelte"),
  choices: () => import("./RoomChoices.svelte"),
};
