import { defineFileChip } from "../shared/filechip";
import { DeskAct } from "./actcard";
import { DeskApp } from "./app";
import { DeskComposer } from "./composer";
import { DeskFlows } from "./flows";
import { DeskLedger } from "./ledger";
import { DeskLogin } from "./login";
import { DeskTicket } from "./ticket";

defineFileChip();
customElements.define("sb-login", DeskLogin);
customElements.define("sb-composer", DeskComposer);
customElements.define("sb-ticket", DeskTicket);
customElements.define("sb-act", DeskAct);
customElements.define("sb-flows", DeskFlows);
customElements.define("sb-ledger", DeskLedger);
customElements.define("sb-desk", DeskApp);
