/** Frames over a WebSocket. Knows nothing of what they mean. */
import type { ClientFrame, ServerFrame } from "../protocol/protocol";
import { ABNORMAL, type Link, type LinkEvents } from "./link";

export function openWebSocket(address: string, events: LinkEvents): Link {
  let live = true;
  const end = (number: number): void => {
    if (!live) return;
    live = false;
    events.closed(number);
  };
  const socket = new WebSocket(address);
  socket.addEventListener("open", () => live && events.opened());
  socket.addEventListener("message", ({ data }) => {
    if (!live || typeof data !== "string") return;
    let frame: ServerFrame;
    try {
      frame = JSON.parse(data) as ServerFrame;
    } catch {
      socket.close();
      end(ABNORMAL);
      return;
    }
    events.received(frame);
  });
  socket.addEventListener("close", ({ code }) => end(code));
  return {
    send(frame: ClientFrame) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
    },
    close() {
      live = false;
      socket.close(1000);
    },
  };
}

/** The address of a WebSocket of the server, seen from the page. */
export function socketAddress(page: { protocol: string; host: string }, path = "/ws"): string {
  return `${page.protocol === "https:" ? "wss:" : "ws:"}//${page.host}${path}`;
}
