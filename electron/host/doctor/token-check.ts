/** Whether the token is there and only its owner can read it. */
import { lstat } from 'node:fs/promises';
import { readToken, tokenFile, tokenIsOpenToOthers } from '../token-file.ts';
import { type Check, failure, passed, warning } from './check.ts';

const name = 'token';

export async function checkToken(dataFolder: string): Promise<Check> {
  const file = tokenFile(dataFolder);
  const found = await lstat(file).catch(() => undefined);
  if (found === undefined) return passed(name, 'There is no token yet; the first start makes one.');
  if (!found.isFile()) {
    return failure(
      name,
      `${file} is not a plain file.`,
      'Move what is there elsewhere and start Skein again.',
    );
  }
  if (await tokenIsOpenToOthers(dataFolder)) {
    return warning(
      name,
      `Other users of this machine can read ${file}, and so use your Skein.`,
      'Run `skein doctor --mend`, which leaves it to you alone.',
      true,
    );
  }
  if ((await readToken(dataFolder)) === undefined) {
    return warning(
      name,
      `${file} holds no token that can be read.`,
      'Start Skein again; it makes a new one.',
    );
  }
  return passed(name, 'Only you can read the token.');
}
