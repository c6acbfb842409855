/** Texts and addresses of git as they may be shown, logged and kept. */

/** `https://user:password@`: up to the last `@`, for a password may hold one; a port is no password. */
const loginWithPassword = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@:'"]*:(?!\d+\/)[^\s'"]*@/gi;
/** `https://token@`: over http the name alone may be the secret. Over ssh it is `git`. */
const loginOverHttp = /\b((?:https?|ftps?):\/\/)[^\s/@'"]+@/gi;
const header = /\b(authorization|proxy-authorization|private-token|cookie)(\s*[:=]\s*)[^\r\n]+/gi;
const parameter = /([?&](?:[a-z_-]*token|password|passwd|secret|api_?key|key|sig|signature)=)[^&\s'"]+/gi;
/** Forms in which services hand out tokens: they are known by how they begin. */
const token = /\b(gh[pousr]_|github_pat_|glpat-|xox[abp]-)[A-Za-z0-9_-]{8,}/g;

/** Whether an address holds a password or a token, be it behind its path; a plain name is none. */
export const hasPassword = (address: string): boolean =>
  [loginWithPassword, parameter, token].some((secret) => address.search(secret) >= 0);

/** The text without passwords, tokens and names that are secrets; `known` are such that must not stand anywhere. */
export function withoutSecrets(text: string, known: readonly string[] = []): string {
  let clean = text;
  for (const secret of known) {
    // An empty one would be found everywhere.
    if (secret !== '') clean = clean.replaceAll(secret, '…').replaceAll(encodeURIComponent(secret), '…');
  }
  return clean
    .replace(loginWithPassword, '$1')
    .replace(loginOverHttp, '$1')
    .replace(header, '$1$2…')
    .replace(parameter, '$1…')
    .replace(token, '$1…');
}
