/** The dashboard of a running Skein in the user's browser. */
import { err, ok, problem, type Result } from '../../shared/result.ts';
import { dashboardUrl } from '../host/dashboard-url.ts';
import { openBrowser } from '../host/open-browser.ts';
import type { Answer, Connection } from './context.ts';

/** Opens it, or only prints its address. The address signs in, so it is printed only where it is needed. */
export async function showDashboard(
  { running }: Connection,
  workspace: { id: string; name: string } | undefined,
  inBrowser: boolean,
): Promise<Result<Answer>> {
  if (running === undefined) return err(stopped);
  const address = signInAddress(running, workspace?.id);
  const opened = inBrowser && (await openBrowser(address));
  const words = opened
    ? `Opened ${running.url} in the browser.`
    : inBrowser
      ? `No browser can be opened from here. Open this address yourself:\n${address}`
      : address;
  return ok({ json: { url: address, opened, workspace: workspace?.id ?? null }, write: () => words });
}

/** The page of one workspace with the token behind `#`. */
export function signInAddress({ url, token }: { url: string; token: string }, workspace?: string): string {
  const [start, secret] = dashboardUrl(url, token).split('#');
  return workspace === undefined ? `${start}#${secret}` : `${start}?workspace=${workspace}#${secret}`;
}

const stopped = problem(
  'not-found',
  'Skein',
  'Skein is not running any more.',
  'Start it with `skein serve`.',
);
