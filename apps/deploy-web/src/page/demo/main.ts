// The script of index.html.

import { DemoPage } from "./demo-page.js";

void DemoPage.start();
