// Names that TensorRT gives to layers it made of ONNX nodes.

/** Nodes of a layer: "Conv_0 + PWN(Clip_3)" → Conv_0, Clip_3. A copy between formats is of no node. */
export function layerParts(layer: string): readonly string[] {
  if (/^Reformatting CopyNode/.test(layer)) return [];
  return split(layer, " + ").flatMap((part) => {
    const inner = /^(?:PWN|fusedPointwiseNode)\((.*)\)$/.exec(part)?.[1];
    return inner === undefined ? [part.trim()] : split(inner, ", ").flatMap(layerParts);
  });
}

/** A list of layers: "conv1, PWN(a, b), conv2" holds three. */
export function layerList(text: string): readonly string[] {
  return split(text, ", ")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** Splits outside all brackets. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if ("([{".includes(char)) depth++;
    else if (")]}".includes(char)) depth = Math.max(0, depth - 1);
    else if (depth === 0 && text.startsWith(separator, i)) {
      parts.push(text.slice(start, i));
      start = i + separator.length;
      i = start - 1;
    }
  }
  return [...parts, text.slice(start)];
}
