/**
 * The keyboard never falls out of a page. When what has the focus goes away, or cannot be used any more, and nothing else takes the
 * focus at once, the nearest heading that is left takes it: whoever goes by keyboard stands in the part that they were in (WCAG 2.4.3).
 */

/** Unseen ones cannot show that they have the focus. */
const HEADINGS = ":is(h1, h2, h3, h4):not(.unseen)";

/** What is folded away has a place and is not shown; older engines of Safari cannot tell. */
const isShown = (element: Element): boolean =>
  element.getClientRects().length > 0 && (!("checkVisibility" in element) || element.checkVisibility());
const isUsable = (element: Element): boolean =>
  element.isConnected && !element.matches(":disabled") && isShown(element);

/** Gives the focus to the first heading of a part of the page. Answers whether there is one. */
export function focusHeading(part: Element | null, options?: FocusOptions): boolean {
  const heading = [...(part?.querySelectorAll<HTMLElement>(HEADINGS) ?? [])].find(isShown);
  if (!heading) return false;
  heading.tabIndex = -1;
  heading.focus(options);
  return true;
}

/** Looks after the focus of the page, for good. */
export function keepFocus(): void {
  let last: HTMLElement | null = null;
  /** What `last` stands in, from near to far: it is asked for when `last` is gone. */
  let around: Element[] = [];
  let by_keyboard = false;
  let looking = false;

  function remember(target: EventTarget | null): void {
    last = target instanceof HTMLElement ? target : null;
    around = [];
    for (let each = last?.parentElement; each; each = each.parentElement) around.push(each);
  }

  function look(): void {
    looking = false;
    const { activeElement: active } = document;
    if (active !== null && active !== document.body && active !== last) return remember(active);
    if (last === null || (active === last && isUsable(last))) return;
    // A finger or a mouse has its place already: the page does not scroll away under it.
    const options = { preventScroll: !by_keyboard };
    // What has only changed its place gets back what it had.
    if (isUsable(last)) last.focus(options);
    // Where there is no heading yet, the page is on its way.
    else around.some((part) => part.isConnected && focusHeading(part, options));
  }

  /** Leaves two frames to whatever knows a better place. */
  function lookSoon(): void {
    if (looking || last === null || (document.activeElement === last && isUsable(last))) return;
    looking = true;
    requestAnimationFrame(() => requestAnimationFrame(look));
  }

  addEventListener("focusin", ({ target }) => remember(target), true);
  // Whoever presses somewhere, or goes on with Tab, leaves of their own will: perhaps the page itself.
  const leave = (keyboard: boolean): void => {
    by_keyboard = keyboard;
    remember(null);
  };
  addEventListener("pointerdown", () => leave(false), true);
  addEventListener(
    "keydown",
    ({ key }) => {
      if (key === "Tab") leave(true);
      else by_keyboard = true;
    },
    true,
  );
  new MutationObserver(lookSoon).observe(document, {
    subtree: true,
    childList: true,
    attributeFilter: ["disabled", "hidden", "open"],
  });
}
