// An error as people read it: its code, what happened, what the code means.

import { ERROR_CODES } from "@espalier/ir";
import { visibleText } from "@espalier/report/text";
import { TaskError } from "../tasks/task-worker.js";
import { element } from "./element.js";

const LONGEST = 1200;

/** @param heading what was being done: "The network cannot be read" */
export function failurePanel(heading: string, error: unknown): HTMLElement {
  const code = error instanceof TaskError ? error.code : "DEFECT";
  const message = (error instanceof Error ? error.message : String(error)).replace(/^\[\w+\] /, "");
  const meaning = Object.hasOwn(ERROR_CODES, code)
    ? ERROR_CODES[code as keyof typeof ERROR_CODES]
    : "This was not foreseen, and is a defect in Espalier: please report it.";
  return element(
    "div",
    { class: "failure", role: "alert", "data-code": code },
    element("p", { class: "what" }, element("strong", {}, heading), " ", element("code", {}, code)),
    element("p", {}, visibleText(message, LONGEST)),
    element("p", { class: "note" }, meaning),
  );
}
