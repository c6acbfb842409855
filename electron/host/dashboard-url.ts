/**
 * The address that signs a browser in. The token stands behind `#`, a part that browsers neither send to
 * a server nor write into a Referer header.
 */
export const dashboardUrl = (url: string, token: string): string =>
  `${url.replace(/\/+$/, '')}/#token=${token}`;
