/** Lets go of the page between two pieces of work, so that fingers, keys and drawing come in between on a slow computer. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
