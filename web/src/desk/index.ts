import { DeskApp } from "./app";
import { DeskComposer } from "./composer";
import { DeskLogin } from "./login";
import { DeskTicket } from "./ticket";

customElements.define("sb-login", DeskLogin);
customElements.define("sb-composer", DeskComposer);
customElements.define("sb-ticket", DeskTicket);
customElements.define("sb-desk", DeskApp);
