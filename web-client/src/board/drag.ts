/**
 * Dragging with mouse, pen and finger alike. Says where a pointer is over the notes and areas of a board and scrolls the
 * page, or the dialog, when it nears an edge; knows nothing of what a drop means.
 */
import type { BoardView, NoteId } from "../protocol/protocol";
import type { Spot } from "./groups";

/** How far a pointer must go before a press is a drag. */
const START_PX = 6;
const EDGE_PX = 90;
const SCROLL_PX = 12;

/** What lies under a point: the upper and lower part of a note mean beside it, its middle means grouping. */
export function spotAt(board: BoardView, dragged: NoteId, x: number, y: number, groups: boolean): Spot | null {
  for (const element of document.elementsFromPoint(x, y)) {
    const area_element = element.closest<HTMLElement>(`[data-board="${board.id}"] [data-area]`);
    if (!area_element) continue;
    const area = Number(area_element.dataset["area"]);
    const note_element = element.closest<HTMLElement>("[data-note]");
    const id = Number(note_element?.dataset["note"]);
    const note = board.notes[id];
    if (note_element && note) {
      if (id === dragged) return null;
      const { top, height } = note_element.getBoundingClientRect();
      const part = (y - top) / height;
      const edge = groups ? 0.3 : 0.5;
      const is = part < edge ? "before" : part >= 1 - edge ? "after" : "onto";
      return { is, note: id, area, cluster: note.cluster };
    }
    return { is: "end", area };
  }
  return null;
}

export interface DragEvents {
  /** The pointer has gone far enough: it is a drag. */
  began(): void;
  moved(x: number, y: number, by_x: number, by_y: number): void;
  /** Let go at the last place moved to, or given up. */
  ended(dropped: boolean): void;
}

/** Follows one pointer from its press on a handle until it is let go, cancelled, or Escape is pressed. */
export function follow(press: PointerEvent, handle: HTMLElement, events: DragEvents): void {
  if (press.button !== 0) return;
  const { clientX: from_x, clientY: from_y, pointerId } = press;
  const scroller = handle.closest("dialog") ?? document.documentElement;
  const scrolled_from = scroller.scrollTop;
  let began = false;
  let last = { x: from_x, y: from_y };
  let frame = 0;

  const tell = (): void =>
    events.moved(last.x, last.y, last.x - from_x, last.y - from_y + scroller.scrollTop - scrolled_from);
  const scroll = (): void => {
    const by = last.y < EDGE_PX ? -SCROLL_PX : last.y > innerHeight - EDGE_PX ? SCROLL_PX : 0;
    if (by !== 0) {
      scroller.scrollBy({ top: by, behavior: "instant" });
      tell();
    }
    frame = requestAnimationFrame(scroll);
  };
  const move = (event: PointerEvent): void => {
    if (event.pointerId !== pointerId) return;
    last = { x: event.clientX, y: event.clientY };
    if (!began && Math.hypot(last.x - from_x, last.y - from_y) >= START_PX) {
      began = true;
      events.began();
      frame = requestAnimationFrame(scroll);
    }
    if (began) tell();
  };
  const end = (dropped: boolean): void => {
    cancelAnimationFrame(frame);
    removeEventListener("keydown", escape, true);
    handle.removeEventListener("pointermove", move);
    handle.removeEventListener("pointerup", up);
    handle.removeEventListener("pointercancel", cancel);
    if (handle.hasPointerCapture(pointerId)) handle.releasePointerCapture(pointerId);
    if (began) events.ended(dropped);
  };
  const up = (event: PointerEvent): void => {
    if (event.pointerId === pointerId) end(true);
  };
  const cancel = (event: PointerEvent): void => {
    if (event.pointerId === pointerId) end(false);
  };
  const escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !began) return;
    event.stopPropagation();
    end(false);
  };

  handle.setPointerCapture(pointerId);
  handle.addEventListener("pointermove", move);
  handle.addEventListener("pointerup", up);
  handle.addEventListener("pointercancel", cancel);
  addEventListener("keydown", escape, true);
}
