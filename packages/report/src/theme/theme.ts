// The look of every page of Espalier, for pages that bring their style sheet in a file.

import { BASE } from "./base.js";
import { TOKENS } from "./tokens.js";

/** Colours, type, and the parts that pages share. */
export const THEME: string = TOKENS + BASE;
