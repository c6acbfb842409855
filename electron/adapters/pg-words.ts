/** What `pg` says of a server that is there and does not answer, in words of a person. */
export const plainWords = (said: string): string =>
  /\btimeout (?:expired|exceeded)|read timeout/i.test(said) ? 'no answer came in time' : said;
