// What knows the benchmark tool on phones: a part of the interpreters' package, which is optional.

import { EspalierError } from "@espalier/ir";

type Phone = typeof import("@espalier/runtime-tflite");

/** @throws EspalierError `UNAVAILABLE` */
export async function openPhone(): Promise<Phone> {
  return import("@espalier/runtime-tflite").catch((cause) => {
    throw new EspalierError(
      "UNAVAILABLE",
      "What times TFLite files on phones is not installed",
      { unblock: "Install it: npm i @espalier/runtime-tflite" },
      { cause },
    );
  });
}
