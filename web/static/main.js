// Makes the page better where scripts run; everything also works without.
import { startChat } from "./chat.js";
import { startReader } from "./reader.js";
import { startActions } from "./actions.js";

document.documentElement.classList.add("js");
startReader(document);
startActions(document);
const composer = document.getElementById("composer");
if (composer) startChat(composer);
