/** Texts and addresses of git as they may be shown, logged and kept. */

/** `https://user:password@`: up to the last `@`, for a password may hold one; a port is no password. */
const loginWithPassword = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@:'"]*:(?!\d+\/)[^\s'"]*@/gi;
/** `https://token@`: over http the name alone may be the secret. Over ssh it is `git`. */
const loginOverHttp = /\b((?:https?|ftps?):\/\/)[^\s/@'"]+@/gi;
const header = /\b(authorization|proxy-authorization|private-token|cookie)(\s*[:=]\s*)[^\r\n]+/gi;
/** `?name=value` and what stands for it: a server takes `&` and `;` for the same, and a client `#` for its own part. */
const parameter = /([?&;#])([^?&;#=\s'"]{1,200})=([^&;#\s'"]+)/g;
const secretName =
  /^(?:.*(?:token|secret|signature|credentials?|password|passwd|passphrase|pwd)|(?:.*[_.-])?(?:key|sig|auth|jwt)|(?:api|access|private)key)(?:\[\w*\])*$/i;
/** Forms in which services hand out tokens: they are known by how they begin. */
const token =
  /\b(gh[pousr](?:_|%5[Ff])|github(?:_|%5[Ff])pat(?:_|%5[Ff])|(?:glpat|xox[abp])(?:-|%2[Dd]))[A-Za-z0-9_-]{8,}/g;

/** Whether an address holds a password or a token, be it behind its path; a plain name is none. */
export const hasPassword = (address: string): boolean =>
  [loginWithPassword, token].some((secret) => address.search(secret) >= 0) ||
  [...address.matchAll(parameter)].some(([, , name]) => isSecret(name));

/** A server reads a name with its letters written as `%65`, too. */
function isSecret(name = ''): boolean {
  const plain = name.replace(/%([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
  return secretName.test(plain);
}

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
    .replace(parameter, (all, mark, name) => (isSecret(name) ? `${mark}${name}=…` : all))
    .replace(token, '$1…');
}
