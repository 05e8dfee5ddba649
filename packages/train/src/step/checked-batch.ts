// The border between data and steps: what a batch must hold. Labels are checked here, because the runtime takes any
// number for a class and learns nonsense from it.

import type { Feeds, RuntimeTensor } from "@espalier/core";
import { elementTypeOfCode } from "@espalier/core/engine";
import { dataTypeName, EspalierError } from "@espalier/ir";
import { elementCount } from "../graph/element-count.js";
import type { FedPort } from "./append-loss.js";

/** What the ports take of a batch. @throws EspalierError `INVALID_BATCH` */
export function checkedBatch(batch: Feeds, ports: readonly FedPort[]): Record<string, RuntimeTensor> {
  return Object.fromEntries(
    ports.map((port) => {
      const tensor = batch[port.name];
      if (tensor === undefined) throw invalid(port, "nothing of that name", Object.keys(batch).join(", "));
      const sameShape =
        tensor.dims.length === port.dims.length && tensor.dims.every((size, i) => size === port.dims[i]);
      if (!sameShape || tensor.dataType !== port.dataType)
        throw invalid(port, `${dataTypeName(tensor.dataType)} [${tensor.dims.join(", ")}]`);
      // Batches are copied into one tensor where a run does several steps.
      const { array } = elementTypeOfCode(port.dataType) ?? { array: null };
      const size = elementCount(port.dims);
      if (tensor.data.length !== size || (array !== null && !(tensor.data instanceof array)))
        throw invalid(port, `${tensor.data.constructor.name} of ${tensor.data.length} for ${size}`);
      if (port.classes !== null) checkLabels(port.name, tensor.data, port.classes);
      return [port.name, tensor];
    }),
  );
}

/** @throws EspalierError `INVALID_BATCH` for a label that is no class */
export function checkLabels(name: string, labels: RuntimeTensor["data"], classes: number): void {
  for (let i = 0; i < labels.length; i++) {
    const label = Number(labels[i]);
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new EspalierError("INVALID_BATCH", "A label is no class of the network", {
        where: `sample ${i} of the batch`,
        value: name,
        expected: `0 to ${classes - 1}`,
        found: String(labels[i]),
      });
  }
}

function invalid({ name, dims, dataType }: FedPort, found: string, others?: string): EspalierError {
  return new EspalierError("INVALID_BATCH", "The batch does not fit the step", {
    value: name,
    expected: `${dataTypeName(dataType)} [${dims.join(", ")}]`,
    found: others === undefined ? found : `${found}, but ${others || "nothing"}`,
    unblock: "Steps are written for one batch size: leave out a last batch that is smaller.",
  });
}
