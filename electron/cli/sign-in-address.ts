/** The address that signs one browser in, once. */
import type { Client } from '../../shared/contracts/client.ts';
import { ok, type Result } from '../../shared/result.ts';
import { spanWords } from './relative-time.ts';

export type SignInAddress = { url: string; validSeconds: number };

/**
 * Asks the Skein that listens at `url` for a code, and puts it behind `#`, a part that browsers neither send to a
 * server nor write into a Referer header. Shows one workspace where one is named.
 */
export async function makeSignInAddress(
  client: Client,
  url: string,
  workspace: string | undefined,
): Promise<Result<SignInAddress>> {
  const made = await client.call('createSignInCode', {});
  if (!made.ok) return made;
  const page = workspace === undefined ? '/' : `/?workspace=${workspace}`;
  return ok({ url: `${url}${page}#code=${made.value.code}`, validSeconds: made.value.valid_seconds });
}

/** What its user must know, as the rest of a sentence about it. */
export const signInTerms = ({ validSeconds }: SignInAddress): string =>
  `signs one browser in, once, within ${spanWords(validSeconds * 1_000)}`;
