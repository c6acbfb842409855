/** Names that a branch can have: git-check-ref-format(1) with `--branch`, of what follows `refs/heads/`. */

/** Parts that begin with a dot or end as a lock file does, and what would mean something else to git: an option, for example. */
const refused = [
  /^-/,
  /^HEAD$/,
  /(^|\/)\./,
  /\.lock(\/|$)/,
  /\.\./,
  /@\{/,
  /\/\/|^\/|\/$/,
  /\.$/,
  /[ ~^:?*[\\\p{Cc}]/u,
];

export const isBranchName = (name: string): boolean =>
  name !== '' && !refused.some((pattern) => pattern.test(name));
