export { web } from "./web.js";
