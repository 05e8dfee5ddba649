// The classes of a data set beside those that a network's card or settings name: training would give every label another
// meaning where the two differ, and no figure would show it.

import { EspalierError, quoteName } from "@espalier/ir";

/** What settings say where nobody named the classes. */
const UNNAMED = /^LABEL_\d+$/;
/** Names that are shown. */
const MOST_SHOWN = 10;

/**
 * The first names must be the classes, in their order, but for capitals and blanks around them. Nothing is compared
 * where no names are known.
 *
 * @throws EspalierError `DATA_UNFIT` with both lists
 */
export function requireSameClasses(
  name: string,
  classes: readonly string[],
  names: readonly string[] | null,
): void {
  if (names === null || names.every((one) => UNNAMED.test(one))) return;
  const plain = (text: string): string => text.trim().toLowerCase();
  if (classes.every((one, i) => plain(names[i] ?? "") === plain(one))) return;
  throw new EspalierError("DATA_UNFIT", "The data set has other classes than the network", {
    where: name,
    expected: `${listed(names)}, as the network's card or settings name them`,
    found: listed(classes),
    unblock:
      "Where these are the same classes by other names, give an input card with the names of the data set (--preprocess).",
  });
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_SHOWN).map(quoteName).join(", ");
  const more = names.length - MOST_SHOWN;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
