/** Parts of an address of PostgreSQL, as `pg` reads them. */

/** A percent sign that encodes nothing stands for itself. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
