/** English words of the participant's screen; fetched when somebody reads English. */
import type { Texts } from "./texts";

export const en: Texts = {
  tabs: "Screens",
  tab: {
    room: "Room",
    plenary: "Plenary",
    posters: "Posters",
    vote: "Vote",
    pulse: "Fog",
    questionnaire: "Questions",
  },
  unvoted: "not voted",
  open_now: "open",
  unanswered: "open",
  agenda: "Agenda",
  now: "now",
  done: "done",
  leave: "Leave",
  leave_hint: "Your room and the coordinators learn that you are away. What you wrote stays, and you can come back.",
  left: "The others know that you have left. You may close this page.",
  voted_here: "has voted",
  not_voted_here: "has not voted yet",
  own_links: "The others open the links that they were given on this device. After that their names are listed here.",
  other_device: "Use it on another device, too",
  other_device_hint: "This is your own way in. Do not show it to others.",
  other_device_show: "Show the QR code",
  other_device_code: "QR code of your own link",
  own_link: "Your own link",
  starts: (date) => `Begins: ${date}`,
};
