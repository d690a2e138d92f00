/** Starts the page. */
import "./styles/tokens.css";
import "./styles/base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { LINK_PATH } from "./connection/identity";
import { keepPage } from "./connection/worker";
import { keepFocus } from "./parts/focus";
import { guardEnter } from "./text/ime";

const target = document.getElementById("app");
if (target) mount(App, { target });

keepPage();

addEventListener("keydown", guardEnter, true);
keepFocus();

// Another link put into the address of this tab is another way in: begin anew with it.
addEventListener("hashchange", () => {
  if (location.pathname === LINK_PATH && location.hash.length > 1) location.reload();
});
