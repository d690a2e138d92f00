/**
 * Writing with an input method. Enter that ends a composition must never post anything: some browsers report it after
 * `compositionend`, with key code 229 and without `isComposing`.
 */

/** The code of every key that an input method handles. */
const IME_KEY_CODE = 229;

/** Whether a key press asks to post: Ctrl or ⌘ with Enter, outside of a composition. */
export function asksToPost(event: KeyboardEvent): boolean {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return false;
  return !isComposing(event);
}

export function isComposing(event: KeyboardEvent): boolean {
  // Deprecated, and the only sign that some browsers give.
  const { keyCode } = event as { keyCode: number };
  return event.isComposing || keyCode === IME_KEY_CODE;
}

/** For the whole page: the Enter that ends a composition in a one-line field does not send the form around it. */
export function guardEnter(event: KeyboardEvent): void {
  if (event.key === "Enter" && event.target instanceof HTMLInputElement && isComposing(event)) event.preventDefault();
}
