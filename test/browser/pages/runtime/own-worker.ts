// A worker of the page's own, for the option "worker".

import "@espalier/runtime-web/wasm-worker";

Object.assign(globalThis, { ownWorker: true });
