/** Parts of a board that the first view does not need. Whoever shows boards fetches them while there is a line. */
export const board_parts = {
  choices: () => import("./ComposerChoices.svelte"),
  head: () => import("./ClusterHead.svelte"),
  menu: () => import("./NoteMenu.svelte"),
  editor: () => import("./NoteEditor.svelte"),
  conflict: () => import("./Conflict.svelte"),
  nine: () => import("./NineSquares.svelte"),
  returned: () => import("./ReturnedText.svelte"),
};
