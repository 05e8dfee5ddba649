// Where caches lie on each system: `$ESPALIER_CACHE`, else `espalier` in the system's folder for caches. Whoever sees
// the environment hands it in.

export interface UserPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As Node names it: "linux", "darwin", "win32". */
  readonly platform: string;
  readonly home: string;
}

/** The folder, in parts for the system's own way to join them. */
export function cacheFolderParts({ env, platform, home }: UserPlaces): readonly [string, ...string[]] {
  const { ESPALIER_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = env;
  if (ESPALIER_CACHE) return [ESPALIER_CACHE];
  if (XDG_CACHE_HOME) return [XDG_CACHE_HOME, "espalier"];
  if (platform === "win32" && LOCALAPPDATA) return [LOCALAPPDATA, "espalier", "cache"];
  if (platform === "darwin") return [home, "Library", "Caches", "espalier"];
  return [home, ".cache", "espalier"];
}
