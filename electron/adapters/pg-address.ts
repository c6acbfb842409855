/** Parts of an address of PostgreSQL, as `pg` reads them. */

/** A percent sign that encodes nothing stands for itself. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A password with `/`, `?` or `#` in it ends the server's name early, and its rest would be shown as something else. */
export const isCutShort = ({ pathname, searchParams, hash }: URL): boolean =>
  [pathname, ...searchParams.keys(), hash].some((part) => part.includes('@'));
