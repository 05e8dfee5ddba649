// Version of Espalier that plans and receipts name.

export const VERSION = "0.1.0";
