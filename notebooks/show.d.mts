import type { PlotOptions } from "@observablehq/plot";

/** Restrained colours with one meaning each. */
export declare const palette: {
  readonly kept: string;
  readonly second: string;
  readonly baseline: string;
  readonly removed: string;
  readonly line: string;
};

/** Draws a plot; `alt` says in words what it shows, for readers who cannot see it. Await it. */
export declare function show(options: PlotOptions & { readonly alt: string }): Promise<void>;
