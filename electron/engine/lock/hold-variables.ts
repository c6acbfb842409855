/** What a program that runs under the lock finds of it in its environment. */
import type { Held } from './held-lock.ts';

/** The fencing token of the lock that it runs under. */
export const tokenVariable = 'SKEIN_LOCK_TOKEN';
/** And the ids of all locks that it runs under, with commas: tokens of two repositories may be alike. */
export const holdsVariable = 'SKEIN_LOCK_HOLDS';

type Environment = Readonly<Record<string, string | undefined>>;

/** `env` is that of whoever starts it: a hold that it runs under itself counts further. */
export function variablesOfHold(
  env: Environment,
  { id, token }: Pick<Held, 'id' | 'token'>,
): Record<string, string> {
  // That of a program above us stands there already.
  if (id === '') return {};
  const above = env[holdsVariable];
  return { [tokenVariable]: String(token), [holdsVariable]: above === undefined ? id : `${above},${id}` };
}
