// Numbers and names as people read them, and the look of pages. Nothing here draws; the root entry loads the
// libraries that lay out and draw, which takes half a second.

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
