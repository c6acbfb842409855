/** The dashboard of a running Skein in the user's browser. */
import { err, ok, problem, type Result } from '../../shared/result.ts';
import { openBrowser } from '../host/open-browser.ts';
import type { Answer, Connection, Context } from './context.ts';
import { makeSignInAddress, type SignInAddress, signInTerms } from './sign-in-address.ts';

/** Opens it, or only prints its address. The address signs in, so it is printed only where it is needed. */
export async function showDashboard(
  { env, globals, tell }: Context,
  { client, running }: Connection,
  workspace: { id: string; name: string } | undefined,
  inBrowser: boolean,
): Promise<Result<Answer>> {
  if (running === undefined) return err(stopped);
  const address = await makeSignInAddress(client, running.url, workspace?.id);
  if (!address.ok) return address;
  const { url, validSeconds } = address.value;
  const opened = inBrowser && (await openBrowser(url, { platform: process.platform, env }));
  if (!opened && !globals.json) tell(explain(address.value, inBrowser));
  return ok({
    json: { url, valid_seconds: validSeconds, opened, workspace: workspace?.id ?? null },
    write: () => (opened ? `Opened ${running.url} in the browser.` : url),
  });
}

/** Beside the address, which stands alone on standard output for whoever passes it on. */
function explain(address: SignInAddress, inBrowser: boolean): string {
  const terms = signInTerms(address);
  return inBrowser
    ? `No browser can be opened from here. Open this address yourself; it ${terms}:`
    : `This address ${terms}:`;
}

const stopped = problem(
  'not-found',
  'Skein',
  'Skein is not running any more.',
  'Start it with `skein serve`.',
);
