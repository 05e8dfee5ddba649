// Numbers and names as people read them, and the look of pages. Nothing here draws, so it loads in a millisecond; the root
// entry loads the libraries that lay out and draw.

export { THEME } from "../theme/theme.js";
export {
  formatChange,
  formatDeviation,
  formatExact,
  formatFactor,
  formatNumberOf,
  formatQuantity,
  formatShare,
  formatTick,
  formatTogether,
  type Quantity,
  UNKNOWN,
} from "./quantity.js";
export { speedText } from "./speed-text.js";
export { visibleName, visibleText } from "./visible-text.js";
