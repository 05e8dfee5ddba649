// The files of a deployed folder with pages, beside those of every artefact.

/** Of the network with the same clean-ups and nothing removed, whatever its format. */
export const DENSE_ROLE = "dense baseline";
export const CARD_FILE = "model.io.json";
export const CARD_ROLE = "input card";
export const PAGE_ROLE = "page";
