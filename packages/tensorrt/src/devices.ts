// Peak figures of GPUs with sparse tensor cores, each with the document it is from. Peaks without sparsity: data sheets
// that give sparse figures are halved. They bound what a layer can take; nobody reaches them.

export interface Device {
  /** What `--device` is given. */
  readonly name: string;
  readonly title: string;
  /** Dense 16-bit products with 32-bit sums, in 10^12 operations a second; 1 MAC = 2 operations. */
  readonly float16Tflops: number;
  /** Dense 8-bit products, in 10^12 operations a second. */
  readonly int8Tops: number;
  /** How much faster the same products are with 2:4 at best. */
  readonly sparseFactor: number;
  readonly bandwidthGBs: number;
  readonly source: string;
}

export const DEVICES: readonly Device[] = [
  {
    ...{ name: "a100", title: "A100 SXM 80 GB", float16Tflops: 312, int8Tops: 624, sparseFactor: 2 },
    ...{ bandwidthGBs: 2039, source: "NVIDIA A100 Tensor Core GPU data sheet" },
  },
  {
    ...{ name: "h100", title: "H100 SXM", float16Tflops: 989.4, int8Tops: 1978.9, sparseFactor: 2 },
    ...{ bandwidthGBs: 3350, source: "NVIDIA H100 Tensor Core GPU data sheet and architecture white paper" },
  },
  {
    ...{ name: "h200", title: "H200 SXM", float16Tflops: 989.4, int8Tops: 1978.9, sparseFactor: 2 },
    ...{ bandwidthGBs: 4800, source: "NVIDIA H200 Tensor Core GPU data sheet" },
  },
  {
    ...{ name: "l4", title: "L4", float16Tflops: 121, int8Tops: 242.5, sparseFactor: 2 },
    ...{ bandwidthGBs: 300, source: "NVIDIA L4 Tensor Core GPU data sheet" },
  },
  {
    ...{ name: "rtx4090", title: "GeForce RTX 4090", float16Tflops: 165.2, int8Tops: 660.6, sparseFactor: 2 },
    ...{ bandwidthGBs: 1008, source: "NVIDIA Ada GPU architecture white paper, appendix A" },
  },
  {
    ...{ name: "orin", title: "Jetson AGX Orin 64 GB", float16Tflops: 42.5, int8Tops: 85, sparseFactor: 2 },
    ...{ bandwidthGBs: 204.8, source: "NVIDIA Jetson AGX Orin series technical brief: its GPU alone" },
  },
];

/** The default: what most published figures on 2:4 were measured on. */
export const DEFAULT_DEVICE = "a100";
