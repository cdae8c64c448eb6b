/** The front page of the rooms for those who listen: that a colleague asks, or answered, appears there by itself. */

import { remind } from "../desk/reminders.js";
import { part } from "../desk/words.js";

const EVERY = 15000; // milliseconds; somebody waits here

const talks = part(document, "#talks");
remind(talks, talks.dataset.talksUrl || "", EVERY);
