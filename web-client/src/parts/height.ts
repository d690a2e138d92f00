/** Tells the styles how high something is that sticks, so that what scrolls under it keeps clear. */
import type { Attachment } from "svelte/attachments";

/**
 * Keeps the element's height in a property of the page (`--head`, `--foot`). Asked of the browser after it has laid the page out
 * by itself; reading it sooner makes the page be laid out once more before its first view.
 */
export function heightAs(property: `--${string}`): Attachment<HTMLElement> {
  return (element) => {
    const { style } = document.documentElement;
    const observer = new ResizeObserver(() => style.setProperty(property, `${element.offsetHeight}px`));
    observer.observe(element, { box: "border-box" });
    return () => {
      observer.disconnect();
      style.removeProperty(property);
    };
  };
}
