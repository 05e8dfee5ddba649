// The script that times both files on a phone, as it lies in their folder.

import { phoneScript } from "@espalier/runtime-tflite";
import { DENSE_FILE, PHONE_TOOL } from "./names.js";

/** @param model path of the pruned file in the folder */
export function folderPhoneScript(model: string): string {
  return phoneScript({ tool: PHONE_TOOL, models: { dense: DENSE_FILE, pruned: model }, profile: true });
}
