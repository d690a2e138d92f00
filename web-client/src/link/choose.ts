/** The chooser with this browser's ways. */
import { shelf } from "../connection/storage";
import { Chooser, type Fallbacks } from "./chooser";
import { openWebSocket, socketAddress } from "./websocket";

export function chooserHere(): Chooser {
  return new Chooser({
    openWebSocket: (events) => openWebSocket(socketAddress(location), events),
    load: (): Promise<Fallbacks> => import("./fallbacks"),
    store: shelf,
  });
}
