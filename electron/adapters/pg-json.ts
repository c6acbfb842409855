/** JSON as PostgreSQL takes it. */

/** A NUL or half a character, which `jsonb` refuses, comes in as the sign for what cannot be read. */
export const pgJson = (value: unknown): string =>
  JSON.stringify(value, (_, it: unknown) =>
    typeof it === 'string' ? it.toWellFormed().replaceAll('\0', '\ufffd') : it,
  );
