// The script of prune.html.

import { PrunePage } from "./prune-page.js";

new PrunePage().start();
