/** Keeps what is secret out of what people and logs read. */

/** User and password of an address go; the address stays. */
const userOfAddress = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/]*@/gi;
/** Forms in which services hand out tokens: they are known by how they begin. */
const tokens = /\b(gh[pousr]_|github_pat_|glpat-|xox[abp]-)[A-Za-z0-9_-]{8,}/g;

/** The text without passwords in addresses and without tokens. */
export const withoutSecrets = (text: string): string =>
  text.replace(userOfAddress, '$1').replace(tokens, '$1…');
