// Every error code, with the paragraph that `espalier explain CODE` prints. Add here first.

/** Code → explanation. Codes are stable: scripts rely on them. */
export const ERROR_CODES = {
  // Reading: bytes
  TRUNCATED: "The file ends in the middle of a record: it was not copied or downloaded completely.",
  MALFORMED:
    "The bytes are not a valid encoding of a model: a wrong wire type, an overlong number, text that is not UTF-8; in TFLite also an offset to nowhere or parts that contradict each other. The file is damaged or is of another format.",
  DEPTH_EXCEEDED: "Messages or subgraphs are nested deeper than any runtime loads.",
  LIMIT_EXCEEDED:
    "The file asks for more than one of the limits allows. The message names the limit, its value and the value met; raise it through the `limits` option if you trust the file.",
  OVERFLOW: "A size computed from the file does not fit in 2^53 - 1.",
  DUPLICATE:
    "A name that must be unique is given twice, so two readers could understand two different networks.",
  AMBIGUOUS:
    "Two readers could understand this file differently, for example because a tensor holds its data twice.",
  CYCLE: "Nodes, functions or subgraphs depend on themselves.",
  INDEX_RANGE:
    "A number in a TFLite file points to a tensor, buffer, operator code, subgraph or dimension that is not there.",
  UNDEFINED_VALUE: "A node reads a value that nothing defines before it.",
  UNSUPPORTED_FORMAT:
    "The file is of another format than the one that was asked for. The message says which is expected, and where it can how to convert it.",
  UNSUPPORTED_VERSION: "The model needs a newer IR version, opset or TFLite schema than this version knows.",
  UNSUPPORTED: "This is valid, but this version of Espalier cannot do it.",
  // Reading: tensors and external data
  TENSOR_SIZE: "A tensor's data does not have the length that its type and dimensions ask for.",
  EXTERNAL_PATH: "External data must lie below the model's own folder, under a plain relative name.",
  EXTERNAL_LINK:
    "External data, and the files of a folder that is read, must be regular files with one link: links could make the file name another one. A folder of links, such as a download cache, can be copied with them resolved.",
  EXTERNAL_RANGE: "The offset or length of external data lies outside the file.",
  EXTERNAL_MISSING: "The model keeps weights in another file that was not found or not handed over.",
  // Reading: Hugging Face folders and input cards
  INVALID_FOLDER:
    "The folder cannot be used as a Hugging Face folder: it needs config.json and a network onnx/model*.onnx.",
  INVALID_CONFIG:
    "A settings file of a Hugging Face folder (config.json, preprocessor_config.json, the front matter of README.md) is not what it should be.",
  INVALID_CARD:
    "An input card (<model>.io.json, or the file that --preprocess names) is not one. docs/hugging-face.md has the format.",
  SEVERAL_MODELS: "The folder holds several ONNX files, and only one is pruned at a time. Say which.",
  MULTI_FILE_MODEL:
    "The network is one part of a model that lies in several ONNX files, such as an encoder and a decoder. A pruned Hugging Face folder is only written for models of one file; a part can be pruned as a bare file, which keeps its inputs and outputs and fits in its old place.",
  INTERFACE_CHANGED:
    "The pruned network would take or give something else than config.json says: loaders size their inputs and caches by it.",
  INVALID_CHECKPOINT:
    "A checkpoint (safetensors, llama2.c) is not what its format asks for, or a tensor of it does not fit the network that it is loaded into.",
  // Graph and operators
  INVALID_NODE: "A node does not have the inputs, outputs or attributes that its operator demands.",
  SHAPE_MISMATCH: "The shapes of a node's inputs contradict each other.",
  VALUE_IN_USE: "A node or value cannot be removed because something still reads it.",
  // Options and plans
  INVALID_OPTION: "An option has a value that makes no sense. The message says which are possible.",
  INVALID_PLAN: "plan.json is not a plan, or is of a newer schema, or contradicts itself.",
  INVALID_COST_TABLE: "A cost table is of a newer schema, was measured on another model, or is none at all.",
  UNKNOWN_COST:
    "The cost table has no figure for a kernel of this network, so its latency cannot be predicted.",
  INVALID_RECEIPT: "receipt.json is not a receipt, or is of a newer schema.",
  PLAN_MISMATCH: "The plan was made for another model, or its indices do not fit this one.",
  CALIBRATION_MISSING:
    "The plan updates weights on calibration inputs, and these inputs were not handed over, or are others than it was made with.",
  NO_WEIGHTS: "No member of the group holds weights, so it cannot be scored.",
  PATTERN_UNFIT:
    "An N:M pattern does not fit a weight: the axis is no multiple of the block, or a block that is to be packed has too many weights that are not zero. Leave the weight dense, or mask it first.",
  INVALID_PACKED:
    "Packed 2:4 weights contradict their format: the two indices of a block must ascend, and what pads a row must be zero. docs/n-m-sparsity.md has the format.",
  INVALID_LOG:
    "A log of TFLite's benchmark tool, or a log or profile of trtexec, is none, is cut off, contradicts itself, or tells that the tool failed. Take all of what the tool prints, from one call, or the whole log of Espalier's script; docs/tflite-interpreters.md and docs/tensorrt.md say which files are read.",
  NONFINITE: "A weight or result that is needed for a decision is NaN or infinite.",
  // Data sets
  DATA_MISSING:
    "A data set lies neither in the folder that ESPALIER_DATA names nor in the cache, and could not be downloaded. Name a folder that has it, or use a built-in set, which is drawn and needs no file. docs/data-sets.md says where the files belong.",
  DOWNLOAD_FAILED:
    "A file could not be downloaded as it should be: the server did not answer or answered with an error, or what came has another size or digest than the published file. Nothing of it was kept.",
  INVALID_DATA:
    "A file of a data set is not what it should be: another format, a label that is no class, images and labels that are not equally many, text that is not UTF-8, no samples at all.",
  DATA_UNFIT:
    "A data set does not fit a network: its samples have another shape or type than the network's input, it has more classes than the network tells apart or others than the network's card or settings name, the network fails on its token ids, or the teacher says something of another shape. Take another set, or a network with an input and outputs for this one.",
  DATA_MISMATCH:
    "A plan's training is done again only on the very samples it was made with, and these are others: another version of the data set, a part of it, or another input card.",
  // Running
  NOT_RUNNABLE:
    "The runtime refuses the model. Espalier can still read it, but can prove and measure nothing.",
  RUN_FAILED: "The runtime failed while running the model.",
  TIMEOUT: "The model ran longer than its deadline and was stopped.",
  MEMORY: "The model needed more memory than its ceiling and was stopped.",
  ABORTED: "The work was cancelled.",
  UNAVAILABLE: "This machine cannot do what was asked. `espalier doctor` tells what it can.",
  // Files
  NOT_FOUND: "A file or folder that was named does not exist.",
  EXISTS: "The output already exists and is not one of Espalier's own folders.",
  IO_FULL: "The disk is full. Nothing was changed.",
  IO_READONLY: "The output cannot be written: read-only or no permission. Nothing was changed.",
  IO: "The operating system reported an error while reading or writing.",
  MISMATCH: "A claim does not hold: something that was compared is different.",
  // Training
  SIZE_UNKNOWN:
    "A size must be a number here and is symbolic. Bind it with --dim NAME=VALUE: training is written for one batch size, and a TFLite file has fixed shapes.",
  NO_GRADIENT:
    "Operators between the weights and the loss have no gradient rule. The message names each and the nodes it blocks; a rule of your own can be passed along.",
  NOTHING_TO_TRAIN: "No stored float32 tensor of the network is one that training changes.",
  DIVERGED:
    "The loss became infinite or not a number: the learning rate is too high, or the inputs hold such numbers. The last good checkpoint is kept.",
  INVALID_BATCH:
    "A batch is not what the network and the loss are fed: an input is missing, of another shape or type, a label is no class, or there is nothing in it.",
  CHECKPOINT_MISMATCH: "The checkpoint was made of another network, optimiser or set of options.",
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
