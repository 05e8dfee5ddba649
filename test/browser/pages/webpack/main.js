// The page for webpack: plain JavaScript on the packages as they are published.

import { webHost, webRuntime } from "@espalier/runtime-web";

globalThis.espalier = { webRuntime, webHost };
