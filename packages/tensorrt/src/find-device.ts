// A device by its name.

import { EspalierError, quoteName } from "@espalier/ir";
import { DEFAULT_DEVICE, DEVICES, type Device } from "./devices.js";

/** @throws EspalierError `INVALID_OPTION` */
export function findDevice(name: string = DEFAULT_DEVICE): Device {
  const device = DEVICES.find((one) => one.name === name);
  if (device !== undefined) return device;
  throw new EspalierError("INVALID_OPTION", "There are no figures for this device", {
    where: "device",
    expected: DEVICES.map((one) => one.name).join(", "),
    found: quoteName(name),
  });
}
